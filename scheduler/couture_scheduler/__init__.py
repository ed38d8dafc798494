"""The engine: what runs when, where, and what is known of it afterwards."""

__version__ = "0.1.0"
