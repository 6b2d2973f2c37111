"""What can go wrong inside the worker, and what happens next."""

from contracts.errors import Code, RejectedArticle

__all__ = ["ArticleTimedOut", "Code", "RejectedArticle", "TransientError"]


class TransientError(Exception):
    """This attempt failed, the next may not: retried with backoff, then a dead letter."""


class ArticleTimedOut(BaseException):
    """One article ran over its time. No extractor may swallow it, hence no Exception: the attempt fails, not a layer."""
