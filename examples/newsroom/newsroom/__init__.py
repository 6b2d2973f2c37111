"""What our newsroom adds to khabar."""
