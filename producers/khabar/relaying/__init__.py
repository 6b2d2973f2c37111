"""From a Redis list, which any program can fill, onto the ledger."""
