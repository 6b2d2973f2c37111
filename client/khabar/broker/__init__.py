"""The way to the broker, for producers, workers, consumers and the command: addresses, failover, what an outage is."""
