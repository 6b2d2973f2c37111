"""Farasa's segmenter in this process: no JVM, no download."""
