# Type checkers take this folder for a part of the package `khabar`, whose face is client/khabar/__init__.py. In no wheel.
