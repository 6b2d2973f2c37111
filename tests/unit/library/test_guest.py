"""A guest in somebody else's process: several threads may call, the environment and numpy's threads stay theirs."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

import khabar
from khabar import library
from khabar.extractors.base import Extractor
from khabar.library import OpenPipeline
from khabar.pipeline.assemble import record_bytes
from khabar.pipeline.pipeline import Pipeline
from khabar.text.document import Document
from tests.articles import article
from tests.identity_engine import IdentityEngine

TEXT = "وصل وزير الخارجية المصري سامح شكري إلى بغداد."
DEADLINE_S = 20


def blas_threads() -> int:
    """Return the number of threads that numpy's BLAS may use now."""
    _ = np.ones(1)  # numpy is loaded
    found: int = ThreadpoolController().select(user_api="blas").info()[0]["num_threads"]
    return found


def set_blas_threads(number: int) -> None:
    """Set that number for the process, from a thread that then ends: threadpoolctl lets others set it only from then on."""
    thread = threading.Thread(target=ThreadpoolController().limit, kwargs={"limits": number, "user_api": "blas"})
    thread.start()
    thread.join(DEADLINE_S)


@pytest.fixture
def two_blas_threads() -> Iterator[None]:
    """Have numpy's BLAS use two threads, as it does by itself on two cores."""
    before = blas_threads()
    set_blas_threads(2)
    yield
    set_blas_threads(before)


class _Noting(Extractor):
    """Notes the threads of BLAS, and how many calls are inside at once."""

    layer = "hashtags"

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.inside = self.most_inside = 0

    def extract(self, document: Document) -> object:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.threads.add(blas_threads())  # takes milliseconds, so that others would come in
        self.inside -= 1
        return []


def test_threads_that_share_a_pipeline_get_the_records_of_one() -> None:
    """The engine's memo and the recognizers' tables bear one call at a time; a web service has many threads."""
    items = [article(number) for number in range(3)]
    with khabar.open_pipeline() as pipeline:
        expected = [record_bytes(pipeline(item)) for item in items]
    with khabar.open_pipeline() as pipeline, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda item: record_bytes(pipeline(item)), items * 2))
    assert found == expected * 2


def test_first_calls_at_once_open_one_pipeline() -> None:
    """Each would take its second and its memory."""
    library._process_pipeline.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        records = set(pool.map(lambda _: record_bytes(khabar.extract(TEXT)), range(4)))
    assert len(records) == 1
    assert library._process_pipeline.cache_info().misses == 1


def test_the_environment_is_left_as_it_was(python: Callable[..., str]) -> None:
    """OPENBLAS_NUM_THREADS=1 for a whole process slows whatever else it computes, and its children."""
    code = (
        "import os; before = dict(os.environ); import khabar;"
        f"khabar.extract({TEXT!r}); khabar.open_pipeline(recognizer='fast')({TEXT!r}); print(dict(os.environ) == before)"
    )
    assert python(code) == "True"


@pytest.mark.usefixtures("two_blas_threads")
def test_numpy_has_one_thread_in_a_call_and_the_callers_number_after_it() -> None:
    """Two threads wait for each other in busy loops for matrices of this size; elsewhere they may be worth it."""
    noting = _Noting()
    OpenPipeline(Pipeline(IdentityEngine(), [noting], version="1"))(TEXT)
    assert (noting.threads, blas_threads()) == ({1}, 2)


@pytest.mark.usefixtures("two_blas_threads")
def test_the_number_put_back_is_the_last_that_the_caller_set() -> None:
    """It may have changed since the pipeline was opened."""
    pipeline = OpenPipeline(Pipeline(IdentityEngine(), [], version="1"))
    pipeline(TEXT)
    set_blas_threads(3)
    pipeline(TEXT)
    assert blas_threads() == 3


@pytest.mark.usefixtures("two_blas_threads")
def test_calls_of_two_pipelines_take_turns() -> None:
    """BLAS has one number for the process: a second call inside the first would find its 1, and leave that behind."""
    noting = _Noting()
    pipelines = [OpenPipeline(Pipeline(IdentityEngine(), [noting], version=str(number))) for number in range(2)]
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(pipeline, TEXT) for pipeline in pipelines * 10]
        for call in calls:
            call.result(DEADLINE_S)
    assert (noting.most_inside, noting.threads, blas_threads()) == (1, {1}, 2)


@pytest.mark.usefixtures("two_blas_threads")
def test_an_article_that_is_refused_puts_the_number_of_threads_back(fast: OpenPipeline) -> None:
    """A limit that outlives an error would last for the process."""
    for item in ("x", b"nonsense"):
        with pytest.raises(khabar.RejectedArticle):
            fast(item)
    assert blas_threads() == 2


class _Nested(Extractor):
    """Extracts another article."""

    layer = "hashtags"

    def __init__(self, inner: OpenPipeline) -> None:
        self._inner = inner

    def extract(self, document: Document) -> object:
        assert self._inner(TEXT).text == TEXT
        return []


@pytest.mark.usefixtures("two_blas_threads")
def test_an_extractor_may_extract() -> None:
    """A headline inside an article, say; waiting for its own turn it would wait for ever."""
    inner = OpenPipeline(Pipeline(IdentityEngine(), [], version="1"))
    record = OpenPipeline(Pipeline(IdentityEngine(), [_Nested(inner)], version="1"))(TEXT)
    assert (record.failures, blas_threads()) == ([], 2)
