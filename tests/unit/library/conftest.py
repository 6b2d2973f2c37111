"""Open pipelines, and Python processes of their own for what a process as a whole shows."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

import khabar
from khabar.library import OpenPipeline


@pytest.fixture(scope="session")
def fast() -> Iterator[OpenPipeline]:
    """Return a pipeline with the fast recognizer."""
    with khabar.open_pipeline(recognizer="fast") as pipeline:
        yield pipeline


@pytest.fixture(scope="session")
def python() -> Callable[..., str]:
    """Return a function that runs code in a process of its own and gives what it printed."""

    def python(code: str, *options: str, **environment: str) -> str:
        own = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
        done = subprocess.run(
            [sys.executable, *options, "-c", code], env=own | environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return python
