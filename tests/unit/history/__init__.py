"""The checker of histories: each kind of fault is found."""
