"""Arabic grammar that extractors share; pure, like the pipeline.

Surface forms and folded spelling here; in folders numbers, what they count, speech, times, and what of a page is no story.
"""
