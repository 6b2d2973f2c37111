"""Tests: unit needs nothing, integration a broker, acceptance the whole service."""
