"""A worker host's Celery side: it takes doorbells from the broker and has the agent answer them.

Knows the broker, not the database; a message that names an attempt is all that it may pass on.
"""
