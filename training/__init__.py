"""How the recognizers' weights and the table of places are made; not installed."""

from khabar.entities.one_thread import keep_process_to_one_thread

keep_process_to_one_thread()  # before numpy is loaded, as in a worker
