"""Training of the fast recognizer; its weights lie in `weights`, with a model card."""
