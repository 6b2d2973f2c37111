"""The page around a story: credits before and after it, and other parts that do not belong to the story."""
