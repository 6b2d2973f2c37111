"""What is extracted: one file a layer."""
