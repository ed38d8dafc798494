"""Use-cases: each checks the actor, opens the transaction, and leaves an audit row if it changes
anything. HTTP handlers and the command line call nothing below.
"""
