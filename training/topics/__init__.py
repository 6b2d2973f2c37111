"""Trains what tells topics and genre."""
