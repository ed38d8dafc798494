"""The operators that come with the product, one family a module."""
