"""Is everything there that a deployment needs? Each check says what happened and what to do."""
