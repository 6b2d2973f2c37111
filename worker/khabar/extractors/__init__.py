"""The extractors: one file for each layer of the record."""
