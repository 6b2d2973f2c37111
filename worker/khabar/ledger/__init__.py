"""The ledger: which article is whose, from acceptance to its outcome. It carries the promise; Celery only executes."""
