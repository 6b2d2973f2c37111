"""Sentences to one of Farasa's taggers and back: what the layers `pos` and `entities` by Farasa share."""

from collections.abc import Callable, Sequence

from khabar.farasa_jars.align import match
from khabar.farasa_jars.tagged import Tagged
from khabar.farasa_jars.tool import FarasaTool
from khabar.text.document import Document


class SentenceTagger:
    """Asks a jar for the tags of an article's tokens, a sentence a line."""

    def __init__(self, tool: FarasaTool, read: Callable[[str], Sequence[Tagged]]) -> None:
        """Take a jar and how its lines are read."""
        self._tool = tool
        self._read = read

    def check(self) -> None:
        """Start the jar.

        Raises:
            FarasaNotReady: it does not work, or answers only at the end of its input.
        """
        self._tool.check_resident()

    def ready(self) -> None:
        """See to it that the jar runs.

        Raises:
            FarasaFailed: it does not start.
        """
        self._tool.ready()

    def close(self) -> None:
        """End the jar's process; the next question starts another."""
        self._tool.close()

    def tags(self, document: Document) -> list[list[str] | None]:
        """Return the tags that Farasa gives each token of ours, one for each token of Farasa's in it.

        Returns:
            For each of the document's tokens its tags; None where Farasa cut the text elsewhere.

        Raises:
            FarasaFailed: no answer.
            UnreadableTags: an answer in another form.
        """
        form, sentences = document.tokens.form, document.sentences
        spans = [sentences.tokens(index) for index in range(len(sentences))]
        lines = self._tool.ask([" ".join(form[span.start : span.stop]) for span in spans])
        tags: list[list[str] | None] = []
        for span, line in zip(spans, lines, strict=True):
            tagged = self._read(line)
            ranges = match(form[span.start : span.stop], [token.letters for token in tagged])
            if ranges is None:
                tags += [None] * len(span)
            else:
                tags += [[tagged[index].tag for index in part] or None for part in ranges]
        return tags
