"""The fault campaign: real processes, real articles, a real broker, and a count at the end of every row.

`make faults` runs every row in full on both brokers; tests/acceptance/test_faults.py runs a short form of each.
"""
