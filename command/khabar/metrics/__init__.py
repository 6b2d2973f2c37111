"""`/metrics` for Prometheus and `/healthz`: the deployment's figures out of the broker, this host's out of its processes."""
