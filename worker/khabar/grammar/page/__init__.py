"""The page around a story: credits before and after it, and what is no story."""
