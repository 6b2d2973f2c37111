"""The engine: a bounded memo before the converted model."""

from collections.abc import Sequence
from pathlib import Path

from khabar.engines.farasa_embedded.cache import load_model
from khabar.engines.farasa_embedded.letters import MAX_LETTERS, is_arabic
from khabar.engines.farasa_embedded.model import Model
from khabar.engines.farasa_embedded.splits import Splitter

# 230 bytes a word: 14 MB. Six in ten of the words of 4,000 articles; the others cost 1.5 us where Farasa knows them.
MAX_CACHED_WORDS = 60_000


class FarasaEmbedded:
    """Official Farasa's segmentation in this process: no JVM, no download.

    Not safe for several threads at once.
    """

    def __init__(self, cache_dir: Path | None = None, *, max_cached_words: int = MAX_CACHED_WORDS) -> None:
        """Open the model; the first process after an installation converts it.

        Args:
            cache_dir: where the converted model is kept; by default $KHABAR_CACHE_DIR, else ~/.cache/khabar.
            max_cached_words: so many words' segmentations are remembered at most; 2 or more.

        Raises:
            FarasaModelError: PyFarasa is not installed, or the directory cannot be written.
        """
        model = load_model(cache_dir)
        self._name = f"farasa-embedded {model.tables.version}"
        self._memo = _Memo(model, max_cached_words)

    @property
    def name(self) -> str:
        """Engine and model version, "farasa-embedded 0.0.1"."""
        return self._name

    def segment(self, words: Sequence[str]) -> list[str]:
        """Split each word into clitics and stem, exactly as official Farasa does.

        Args:
            words: N words in reading order, normalized (no diacritics, no tatweel); no white space inside a word.

        Returns:
            N segmentations in the same order, parts joined by '+'. Removing the '+' gives back words[i], except that
            لل at the beginning, after و or ف too, may be written لال (للعمل gives ل+ال+عمل). A word with anything but
            Arabic letters, or with more than MAX_LETTERS of them, is returned as it is.

        Source: Abdelali et al., "Farasa: A Fast and Furious Segmenter for Arabic", NAACL 2016 demos.
        """
        return list(map(self._memo.__getitem__, words))


class _Memo(dict[str, str]):
    """Word to segmentation; a miss computes and keeps it.

    Two generations of half the size each: when the young one is full it becomes the old one, and what is still in use
    comes back from there. So a word in use is kept, and no word costs more than a dict's look-up.
    """

    def __init__(self, model: Model, max_words: int) -> None:
        super().__init__()
        self._half = max(1, max_words // 2)
        self._old: dict[str, str] = {}
        self._row_of = model.words.get
        self._shape_numbers = model.shapes
        self._shapes = model.tables.shapes
        self._split = Splitter(model).split

    def __missing__(self, word: str) -> str:
        if len(word) > MAX_LETTERS:
            return word  # not kept: the memo is bounded in bytes, whatever comes
        segmentation = self._old.get(word)
        if segmentation is None:
            segmentation = self._segment(word)
        if len(self) >= self._half:
            self._old = dict(self)
            self.clear()
        self[word] = segmentation
        return segmentation

    def _segment(self, word: str) -> str:
        # Farasa's tokenizer writes لال for لل before it looks at the word.
        text = "لال" + word[2:] if word.startswith("لل") else word
        try:
            row = self._row_of(text)
        except UnicodeEncodeError:  # a lone surrogate
            return word
        if row is not None and (number := self._shape_numbers[row]):
            before, start, after, end = self._shapes[number]
            if before or after:
                return f"{before}{text[start : len(text) - end]}{after}"
            return text
        if is_arabic(word) is None:
            return word
        return self._split(text)
