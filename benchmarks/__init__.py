"""What docs/benchmarks.md shows. Each file runs by itself; run.py runs them all."""
