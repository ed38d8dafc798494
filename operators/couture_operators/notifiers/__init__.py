"""Objects that tell somebody how a task or a run ended; usable wherever a callback is."""
