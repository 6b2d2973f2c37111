"""Tests: unit needs nothing, integration a broker, acceptance the whole service."""

from khabar.entities.one_thread import keep_process_to_one_thread

keep_process_to_one_thread()  # before numpy is loaded, as in a worker
