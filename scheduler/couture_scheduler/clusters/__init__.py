"""Configuration of Hadoop and Spark as files: what they may hold, and what of them is secret. Pure."""
