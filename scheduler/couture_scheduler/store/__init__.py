"""The only reader and writer of the database. Functions take a `Tx` first; the caller owns it.

Verbs: `get_` raises NotFound, `find_` returns None, `list_`, `add_`, `set_`.
"""
