"""The accurate recognizer's training and weights."""
