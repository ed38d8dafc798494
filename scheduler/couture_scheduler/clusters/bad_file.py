"""What is wrong with a file of configuration."""


class BadFile(ValueError):
    """A file that cannot be configuration; the message is the end of a sentence about it."""
