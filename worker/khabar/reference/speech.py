"""The features by which learned weights decide whether a quoted stretch is speech, and of which kind."""

from typing import Final, NamedTuple

from khabar.grammar.folding import fold
from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import word_at
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, CUES
from khabar.lexicons import entries
from khabar.reference.attribution import Attribution
from khabar.reference.nouns import cut
from khabar.reference.wording import Wording
from khabar.text.document import Document

_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_TIES: Final = frozenset(entries("reporting/ties"))
_STOPS: Final = frozenset(".؟!،,")
_LENGTHS: Final = (1, 2, 3, 4, 5, 6, 8, 12, 20)
# A shorter word before the glyph may be a preposition, so the word before it is a feature too.
_SHORT: Final = 4
_GAPS: Final = (0, 1, 2, 4, 8, 16)


class _Seen(NamedTuple):
    """Two facts that are combined with many features: the length of a stretch, and the word before its opening glyph."""

    length: str
    before: str


class SpeechFeatures:
    """Computes the features of the quoted stretches in one document."""

    def __init__(self, document: Document, wording: Wording) -> None:
        self._document = document
        self._form = document.tokens.form
        self._wording = wording
        self._seen: dict[str, int] = {}

    def of(self, one: Attribution) -> list[str]:
        """Return the features of a stretch."""
        words = self._wording.words(one.stretch)
        seen = _Seen(_bucket(len(words), _LENGTHS), self._before(one))
        text = " ".join(words)
        again = self._seen[text] = self._seen.get(text, 0) + 1
        found = ["1", f"again{min(again, 2)}", f"closed{one.stretch.is_closed}", f"n{seen.length}", f"b{seen.before}"]
        found.append(f"b{seen.before}n{seen.length}")
        found += self._rules(one, words, seen)
        found += self._of_cue(one, seen)
        found += self._inside(one.stretch, seen)
        found += self._around(one, seen)
        return found

    def _rules(self, one: Attribution, words: list[str], seen: "_Seen") -> list[str]:
        """Return features from the decisions of the rules, and from the facts behind them."""
        clause, path, length = self._wording.has_clause(words), one.path, seen.length
        return [
            path, f"{path}n{length}", f"b{seen.before}{path}", f"on{one.goes_on}{path}",
            f"rule{one.is_speech}", f"rule{one.is_speech}{path}", f"name{one.is_name}",
            f"kind{one.kind}", f"clause{clause}", f"clause{clause}n{length}", f"colon{one.has_colon}",
            f"colon{one.has_colon}n{length}", f"listed{one.is_listed}",
        ]  # fmt: skip

    def _of_cue(self, one: Attribution, seen: "_Seen") -> list[str]:
        """Return features of the cue, of its distance and of the speaker."""
        cue, who = one.cue, self._who(one)
        shape = f"{cue.reading.shape}:{cue.reading.kind}" if cue else "-"
        gap = _bucket(abs(one.position - cue.position) - 1, _GAPS) if cue else "-"
        found = [
            shape,
            f"{shape}n{seen.length}",
            f"{shape}b{seen.before}",
            f"gap{gap}",
            f"gap{gap}{one.path}",
            f"who{who}",
            f"who{who}{one.path}",
            f"who{who}{one.path}colon{one.has_colon}",
        ]
        if cue is not None:
            found += (f"cue{cue.reading.lemma}", f"cue{cue.reading.lemma}b{seen.before}", f"carried{one.is_carried}")
        return found

    def _before(self, one: Attribution) -> str:
        """Return the word before the opening glyph: function words as they are, other words as their class."""
        word = word_at(self._form, one.line, one.position - 1)
        if not word:
            return "start" if one.position == 0 else "quoted"
        if word in COMPLEMENTIZERS:
            return "أن+" if COMPLEMENTIZERS[word].value else "أن"
        if word in CUES:
            return "cue"
        if not word[0].isalnum():
            return word
        folded = fold(word)
        if len(word) == 1 or word in _FUNCTION_WORDS:
            return folded
        segments = self._document.tokens.segments[one.line[one.position - 1]]
        known = cut(segments)
        return (
            "name"
            if one.line[one.position - 1] in self._wording.mentions.inside
            else "the"
            if known.is_definite
            else "word"
        ) + known.proclitic[:1]

    def _inside(self, stretch: Quoted, seen: "_Seen") -> list[str]:
        """Return features of the quoted words."""
        segments, form, length = self._document.tokens.segments, self._form, seen.length
        inside = form[stretch.first : stretch.last + 1]
        first = cut(segments[stretch.first])
        definite = f"def{first.is_definite}"
        verb = f"verb{first.proclitic[-1:] == 'س' or (inside[0][0] in 'يتن' and not first.is_definite)}"
        opening = fold(inside[0]) if inside[0] in _FUNCTION_WORDS else self._class(stretch.first)
        endings = (word.rpartition("+")[2] for word in segments[stretch.first : stretch.last + 1] if "+" in word)
        tied = f"tied{any(ending in _TIES for ending in endings)}"
        mention = self._wording.mentions.inside.get(stretch.first)
        return [
            definite, f"{definite}n{length}", f"{definite}b{seen.before}", verb, f"{verb}n{length}", f"{verb}b{seen.before}",
            tied, f"{tied}n{length}",
            f"number{any(word[0].isdigit() for word in inside)}",
            f"latin{any(word.isascii() and word.isalpha() for word in inside)}",
            f"mention{mention is not None}", f"whole{mention is not None and mention.last >= stretch.last - 1}",
            f"dot{any(word in _STOPS for word in inside[:-1])}", f"end{cut(segments[stretch.last]).ending}",
            f"i{opening}", f"i{opening}{verb}", f"i{opening}b{seen.before}", f"ii{opening}{self._second(stretch)}",
            f"ii{opening}{self._second(stretch)}b{seen.before}",
        ]  # fmt: skip

    def _second(self, stretch: Quoted) -> str:
        """Return the class of the second word; "" without one."""
        return self._class(stretch.first + 1) if stretch.first < stretch.last else ""

    def _class(self, token: int) -> str:
        """Return the class of a word: the (definite, with its ending), s or p (may be a verb, future or present), any."""
        known = cut(self._document.tokens.segments[token])
        if known.is_definite:
            return "the" + known.ending
        form = self._form[token]
        return (
            ("s" if known.proclitic[-1:] == "س" else "p") if form[0] in "ينأ" or known.proclitic[-1:] == "س" else "any"
        )

    def _around(self, one: Attribution, seen: "_Seen") -> list[str]:
        """Return features of the words around the stretch."""
        segments, line, position = self._document.tokens.segments, one.line, one.position
        title = f"title{self._document.tokens.start[one.stretch.first] < self._document.title_end}"
        after = word_at(self._form, line, position + 1)
        if position + 1 >= len(line):
            after = "end"
        elif not after or after[0].isalnum():
            after = "word" if after else "quoted"
        opener = f"opener{one.opener is not None and one.opener < position}"
        found = [
            title,
            f"{title}{one.path}",
            f"next{after}",
            f"next{after}n{seen.length}",
            opener,
            f"{opener}n{seen.length}",
        ]
        near, farther = word_at(self._form, line, position - 1), word_at(self._form, line, position - 2)
        if near[:1].isalnum():
            found.append(f"w{cut(segments[line[position - 1]]).stem}")
        if farther[:1].isalnum() and len(near) < _SHORT:
            found.append(f"w2{cut(segments[line[position - 2]]).stem}")
        return found

    def _who(self, one: Attribution) -> str:
        if one.who is None:
            return "-"
        return one.who.kind if one.who.entity else "d" + one.who.kind


def _bucket(value: int, limits: tuple[int, ...]) -> str:
    return str(next((limit for limit in limits if value <= limit), "more"))
