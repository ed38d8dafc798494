"""The processes that run attempts: agent, zygotes, attempts. Importing this imports nothing."""
