"""The broker's contents: each key with its type, who may use it, and what it remembers of outcomes and groups."""
