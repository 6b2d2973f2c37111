"""The messages: what goes into khabar and what comes out. Nothing here knows the broker, the worker or the command."""
