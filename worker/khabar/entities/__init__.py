"""Named entities: recognizers find the names, clusters join the mentions of one entity, gazetteers place the places."""

import os

# numpy's BLAS reads this when it is loaded, so it is set before any module of this package imports numpy. Its threads wait in
# busy loops for matrices that are too small to share: on two busy cores an article took 8 to 21 ms of processor time instead
# of 1.3. Workers are processes, one a core, already.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
