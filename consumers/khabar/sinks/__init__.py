"""Where records go: one file a sink, and those that other packages register."""
