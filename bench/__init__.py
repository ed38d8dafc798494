"""Measures what users feel, each figure beside its limit from the same run: `make bench`."""
