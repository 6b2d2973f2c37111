"""Arabic grammar that extractors share: pure functions, as in the pipeline.

This folder has surface forms and folded spelling. Its folders have numbers, counted things, speech, times, and the parts of a
page that do not belong to the story.
"""
