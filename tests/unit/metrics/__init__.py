"""Metrics: counters, the text that Prometheus reads, the port, rules and board."""
