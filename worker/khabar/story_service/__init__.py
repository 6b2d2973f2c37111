"""The stories service: reads the records as a consumer group, keeps its state in the broker, publishes stories."""
