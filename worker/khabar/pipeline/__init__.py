"""Article to Record, without queue or settings."""
