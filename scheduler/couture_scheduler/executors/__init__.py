"""Where attempts run: an executor rings the doorbell of agents; the attempt rows are the orders."""
