"""Tasks that wait for something."""
