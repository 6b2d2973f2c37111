"""The broker: how to reach it, and the scripts that run inside it."""
