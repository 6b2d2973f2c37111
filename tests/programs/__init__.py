"""The programs that people scrape with, run for real on a small local site; `make programs` writes docs/reference/programs.md."""
