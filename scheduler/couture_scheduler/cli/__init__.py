"""The `couture` command."""
