"""Training of what khabar.reference decides: who is meant by a cue, and which quoted words are speech."""
