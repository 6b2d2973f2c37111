"""The accurate recognizer at run time."""
