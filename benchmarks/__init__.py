"""What docs/explanation/benchmarks.md shows. Each file runs by itself; run.py runs them all."""

from khabar.entities.one_thread import keep_process_to_one_thread

keep_process_to_one_thread()  # before numpy is loaded, as in a worker
