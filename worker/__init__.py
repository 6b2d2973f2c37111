"""Step 2: ledger to records."""
