"""Default values that both producers and the service must know."""

DAY_S = 86_400

DEFAULT_MAX_LEDGER = 100_000  # articles a lane holds before producers are told QueueFull
DEFAULT_MAX_DEAD = 100_000  # dead letters: about 400 MB of average articles
DEFAULT_FULL_MEMORY_SHARE = 0.7  # of maxmemory, at which producers are told QueueFull; what is accepted needs the rest
DEFAULT_BATCH = 100  # articles a producer pushes in one script call
DEFAULT_WAIT_REPLICAS = 0  # one server is the usual deployment
DEFAULT_MAX_BYTES = 1 << 20  # of one article: 300 times the average news article; a book chapter still fits
DEFAULT_DONE_DAYS = 30  # longer than any replay of a ledger or a file
DEFAULT_GENERATION_S = DEFAULT_DONE_DAYS * DAY_S
