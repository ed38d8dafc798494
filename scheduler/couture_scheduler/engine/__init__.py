"""The scheduler: what is due is created, what is ready is queued, what is over is closed.

Every step is a function of a transaction, so that a simulation drives the same code.
"""
