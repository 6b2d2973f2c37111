"""What can go wrong between a producer and the queue. Each message is one sentence for a person, without passwords."""


class SourceError(Exception):
    """The input as a whole cannot be read (further); the items before the fault were good and have been given out."""


class PublishError(Exception):
    """The articles of the current batch are not confirmed; calling flush() again is safe and adds none twice."""


class QueueFull(PublishError):
    """The ledger is at its cap, or the broker's memory, and stayed so for the whole waiting time; nothing was added."""


class BrokerUnavailable(PublishError):
    """The broker was away or in trouble for the whole outage time; the message says which trouble, and what helps."""


class BrokerRefused(PublishError):
    """The broker answered, but will not do it: password, rights, wrong key type. Waiting will not help."""
