"""The service on one machine: an embedded broker, and processes that are started, watched and restarted."""
