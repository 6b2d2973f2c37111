"""Arabic news in, structured records out.

    record = khabar.extract("قال وزير الخارجية إن الوفد يصل إلى بغداد اليوم.")  # in this process, without a broker

    with khabar.ArticlePublisher("redis://localhost:6379/0") as publisher:  # or through the queue
        publisher.add({"url": "https://example.org/1", "title": "…", "text": "…"})

Each name is imported at its first use: `import khabar` alone loads neither pydantic nor redis nor numpy.
"""

from importlib import import_module
from pkgutil import extend_path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khabar.archive.extractor import Extractor
    from khabar.consuming.aio import AsyncRecordStream
    from khabar.consuming.stream import RecordStream
    from khabar.errors import KhabarError, RejectedArticle
    from khabar.library import extract, open_pipeline
    from khabar.messages.article import Article
    from khabar.messages.record import Record
    from khabar.messages.rejection import Rejection
    from khabar.publishing.aio import AsyncArticlePublisher
    from khabar.publishing.publisher import ArticlePublisher

    __version__: str

# One name from several folders of the repository, and from several distributions that may be installed in different places. In
# place, so that tools which ask the import system where the package lies hear of all of them.
__path__[:] = extend_path(__path__, __name__)

__all__ = [
    "Article",
    "ArticlePublisher",
    "AsyncArticlePublisher",
    "AsyncRecordStream",
    "Extractor",
    "KhabarError",
    "Record",
    "RecordStream",
    "RejectedArticle",
    "Rejection",
    "__version__",
    "extract",
    "open_pipeline",
]

# Where each name is defined. No module of khabar itself may have one of these names: its import would replace the name's value.
_MODULES = {
    "Article": "khabar.messages.article",
    "ArticlePublisher": "khabar.publishing.publisher",
    "AsyncArticlePublisher": "khabar.publishing.aio",
    "AsyncRecordStream": "khabar.consuming.aio",
    "Extractor": "khabar.archive.extractor",
    "KhabarError": "khabar.errors",
    "Record": "khabar.messages.record",
    "RecordStream": "khabar.consuming.stream",
    "RejectedArticle": "khabar.errors",
    "Rejection": "khabar.messages.rejection",
    "extract": "khabar.library",
    "open_pipeline": "khabar.library",
}


def _load(name: str) -> object:
    """Import a public name.

    Raises:
        NotInstalled: it belongs to the service, and only the client is installed.
    """
    if name == "__version__":
        from importlib.metadata import version

        return version("khabar-client")  # the service has the same version
    module = _MODULES[name]
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name not in (module, module.rpartition(".")[0]):
            raise
        from khabar.errors import NotInstalled

        raise NotInstalled(
            f"khabar.{name} needs the package khabar, because it extracts in this process; only khabar-client is installed; "
            "run: pip install khabar"
        ) from None


if not TYPE_CHECKING:  # a type checker that sees a module's __getattr__ believes in any name

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = _load(name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
