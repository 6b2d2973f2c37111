"""Adapters for scraping frameworks; each is imported by its framework, which khabar does not bring."""
