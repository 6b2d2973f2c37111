"""Which articles tell one story, and which are copies: records in, changes out; knows no queue and no clock."""
