"""Tables, connections and migrations; no queries (those are in `store`)."""
