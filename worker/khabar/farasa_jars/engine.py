"""The engine: a bounded memo before the segmenter's jar."""

import logging
import re
from collections.abc import Collection, Iterable, Sequence

from khabar.engines.farasa_embedded.letters import is_arabic
from khabar.farasa_jars.align import is_rewritten, restore
from khabar.farasa_jars.tool import FarasaTool

log = logging.getLogger(__name__)

MAX_CACHED_WORDS = 60_000  # as the embedded engine's

# Farasa's own time grows without bound with each further lam: 16 of them take it 1 s, 20 more than 6 s. The longest word
# in nine million words of news has 19 letters.
MAX_ASKED_LETTERS = 24
_has_long_run = re.compile(r"(.)\1{7}").search


class FarasaJvm:
    """Official Farasa's segmenter in a Java process.

    Not safe for several threads at once.
    """

    def __init__(self, tool: FarasaTool, *, version: str, max_cached_words: int = MAX_CACHED_WORDS) -> None:
        """Take a segmenter; nothing is started before the first word.

        Args:
            tool: the segmenter's jar under supervision.
            version: what decides its answers, for the provenance.
            max_cached_words: so many words' segmentations are remembered, or those of one batch where these are more.
        """
        self._tool = tool
        self._name = f"farasapy {version}"
        self._memo: dict[str, str] = {}
        self._max_cached_words = max_cached_words

    @property
    def name(self) -> str:
        """Engine and what stands for its jar and data, "farasapy 1f0c9b3a55d2"."""
        return self._name

    def check(self) -> None:
        """Start the jar and find out how it answers.

        Raises:
            FarasaNotReady: it does not work.
        """
        self._tool.check()

    def ready(self) -> None:
        """See to it that the jar runs.

        Raises:
            FarasaFailed: it does not start.
        """
        self._tool.ready()

    def close(self) -> None:
        """End the jar's process; the next question starts another."""
        self._tool.close()

    def prepare(self, words: Collection[str]) -> None:
        """Ask for all words of a batch at once.

        Raises:
            FarasaFailed: no answer, from two processes.
        """
        self._learn(words)

    def segment(self, words: Sequence[str]) -> list[str]:
        """Split each word into clitics and stem, as the jar does.

        Args:
            words: N words in reading order, normalized (no diacritics, no tatweel); no white space inside a word.

        Returns:
            N segmentations in the same order, parts joined by '+'. Removing the '+' gives back words[i], except that
            لل at the beginning, also after و or ف, may be written لال. Letters that Farasa normalized are restored.
            A word is returned unchanged if it has other characters than Arabic letters, more than 24 letters, or eight equal
            letters in a row. So is a word that Farasa turns into another.

        Raises:
            FarasaFailed: no answer, from two processes.

        Source: Abdelali et al., "Farasa: A Fast and Furious Segmenter for Arabic", NAACL 2016 demos.
        """
        self._learn(words)
        known = self._memo.get
        return [known(word, word) for word in words]

    def _learn(self, words: Iterable[str]) -> None:
        wanted = dict.fromkeys(words)
        memo = self._memo
        new = [word for word in wanted if word not in memo and _is_asked(word)]
        if not new:
            return
        answers = self._tool.ask(new)
        if len(memo) + len(new) > self._max_cached_words:  # those of this batch stay
            self._memo = memo = {word: memo[word] for word in wanted if word in memo}
        rewritten = strange = 0
        for word, answer in zip(new, answers, strict=True):
            own = restore(word, answer)
            strange += own is None
            rewritten += is_rewritten(word, answer)
            memo[word] = word if own is None else own
        log.info(
            "Farasa answered",
            extra={"action": "farasa_answered", "words": len(new), "normalized": rewritten, "kept_whole": strange},
        )


def _is_asked(word: str) -> bool:
    return len(word) <= MAX_ASKED_LETTERS and is_arabic(word) is not None and not _has_long_run(word)
