"""What speaks for and against a candidate: names of features, which the weights know by heart."""

from typing import Final

from khabar.grammar.folding import fold
from khabar.lexicons import entries
from khabar.reference.candidates import Candidate, Case, Description, Memory
from khabar.reference.mentions import Referent
from khabar.reference.nouns import cut
from khabar.reference.subjects import Phrase
from khabar.text.document import Document

_SHAPES: Final = {"verb": "V", "participle": "J", "noun": "U", "particle": "P", "label": "L"}
_PREPOSITIONS: Final = frozenset(("ب+", "ل+", "ك+"))
_GOVERNORS: Final = frozenset(map(fold, entries("reference/governors")))
# What is done by saying something is no subject: جدد التأكيد على ...
_OBJECTS: Final = frozenset(
    fold(word) for line in entries("reporting/act_objects") for word in line.split("\t")[1].split()
)
_FAR: Final = 4
_LONG: Final = 5
_OFTEN: Final = (4, 2, 1)
# Roles of a description that was read at this cue.
_NEW: Final = frozenset("rabfhj")
# Roles of those who may be meant by a description instead of somebody new.
_RIVALS: Final = frozenset("MIJDEKAC")
# Roles that depend on which verb it is: أضاف goes on, أعلن begins.
_TELLING: Final = frozenset(("A", "a", "B", "b", "T", "S1"))


class Features:
    """Names the features of the candidates of one document."""

    def __init__(self, document: Document, memory: Memory) -> None:
        self._document = document
        self._memory = memory
        sentences = document.sentences
        self._line_of = sentences.of_token
        self._title_end = document.title_end
        self._rivals = ""

    def of(self, case: Case) -> list[list[str]]:
        """Return the features of each candidate of a case."""
        said = case.said
        head = (said.noun.kind if said.noun else "?") if said else "-"
        definite = "" if not said else ("d" if said.is_definite else "i") + ("e" if said.is_echo else "")
        shape = self._context(case)
        self._rivals = "".join(sorted({role[0] for one in case.candidates for role in one.roles if role[0] in _RIVALS}))
        return [self._of(case, candidate, shape, head, definite) for candidate in case.candidates]

    def _of(self, case: Case, candidate: Candidate, shape: str, head: str, definite: str) -> list[str]:
        said, referent = case.said, candidate.referent
        if referent is None:
            return ["0", f"{shape}0", f"0{head}{definite}", f"0{case.reading.kind}", f"0&{self._rivals}"]
        kind, agreement = referent.kind, self._agreement(case, referent)
        found = [f"k{kind}", f"{shape}k{kind}", f"{case.reading.kind}k{kind}"]
        found += self._roles(case, candidate, shape, f"{head}{definite}", kind)
        found += (
            f"g{agreement}",
            f"g{agreement}{kind}",
            f"g{agreement}{shape[0]}{'A' in candidate.roles}{'S1' in candidate.roles}",
        )
        if said is not None:
            fit = self._fit(said, referent)
            found += (f"f{fit}", f"f{fit}{kind}{head}", f"f{fit}{definite}", f"f{fit}{shape}")
            if referent.entity is None and not _NEW.intersection(candidate.roles):
                found += (f"x{fit}", f"x{fit}{head}")  # described before with another word, or with this one
            if said.countries:
                found.append(f"c{bool(said.countries & referent.countries)}{bool(referent.countries)}{kind[:3]}")
        if referent.entity is not None:
            found += self._salience(case, referent, head)
        elif candidate.phrase is not None and candidate.phrase.mention is None and _NEW.intersection(candidate.roles):
            found += self._description(candidate.phrase, kind, definite)
        spoken = min(referent.spoken, _FAR - 1)
        found += (f"s{spoken}", f"s{spoken}{kind}{shape[1:]}")
        return found

    def _roles(self, case: Case, candidate: Candidate, shape: str, head: str, kind: str) -> list[str]:
        """Return the ways in which the candidate came into sight."""
        every = "".join(sorted({role[0] for role in candidate.roles}))
        found = [every, f"{every}{shape}", f"{every}&{self._rivals}", f"{every}<{case.word}"]
        for role in candidate.roles:
            found += (role, f"{shape}{role}", f"{role}:{kind}", f"{role}|{head}", f"{role}<{case.word}{case.is_past}")
            if role in _TELLING:
                found.append(f"{case.reading.lemma}|{role}")
            if role == "S1":
                gap = min(case.line - self._memory.line_of_last, _FAR - 1)
                found += (f"S1@{gap}", f"S1@{gap}{shape}")
        return found

    def _description(self, phrase: Phrase, kind: str, definite: str) -> list[str]:
        """Return what a new description looks like: one that is none begins with any word."""
        length = min(len(phrase.items), _LONG)
        found = [f"w{length}", f"w{length}{kind}", f"w{definite}{kind}"]
        found += (f"&{self._rivals}", f"&{self._rivals}{kind}", f"&{self._rivals}{kind}{definite}")
        if not kind:
            word = cut(self._document.tokens.segments[phrase.items[0]])
            found += (f"u={word.stem}", f"u/{word.stem[:1]}{word.stem[-2:-1]}{len(word.stem)}{word.is_definite}")
            found.append(f"o{word.stem in _OBJECTS}")
            accusative = not word.is_definite and word.stem.endswith("ا")
            found += (
                f"u{accusative}",
                f"u{bool(word.ending)}{word.is_definite}",
                f"u{word.stem[:1]}",
                f"u{word.stem[-1:]}{word.is_definite}",
            )
        return found

    def _context(self, case: Case) -> str:
        def of(phrase: object, mention: object) -> str:
            return "-" if phrase is None else ("n" if mention is not None else "d")

        after, before = case.after, case.before
        shape = {"relay": "R", "within": "W"}.get(case.reading.kind) or _SHAPES[case.reading.shape]
        plural = "+" if case.reading.form.is_plural else ""
        return shape + of(after, after and after.mention) + of(before, before and before.mention) + plural

    def _agreement(self, case: Case, referent: Referent) -> str:
        if case.reading.shape not in ("verb", "participle") or case.reading.kind == "relay":
            return "."
        if case.reading.form.is_plural:
            return "p" if referent.is_plural else "q"
        if referent.gender is None:
            return "?"
        return "=" if referent.gender == case.reading.form.gender else "!"

    def _fit(self, said: Description, referent: Referent) -> str:
        """Return how well what is known of a referent fits a description: all words, the head, nothing."""
        if not said.head or said.head not in referent.words:
            return "any" if said.noun and said.noun.kind == "any" and referent.kind in ("PER", "any") else "no"
        if said.words <= referent.words:
            return "all"
        return "head" if referent.head == said.head else "word"

    def _salience(self, case: Case, referent: Referent, head: str) -> list[str]:
        first = referent.first
        count = next(str(limit) for limit in _OFTEN if len(first) >= limit)
        token = referent.last_before(case.token)
        if token is None:
            return [f"n{count}", "later", f"later{referent.kind}{head}"]
        gap = min(case.line - self._line_of(token), _FAR)
        segments, form = self._document.tokens.segments, self._document.tokens.form
        governed = segments[token][:2] in _PREPOSITIONS or (token > 0 and fold(form[token - 1]) in _GOVERNORS)
        is_first = self._document.sentences.first_token[self._line_of(token)] >= token - 3
        in_title = self._document.tokens.start[first[0]] < self._title_end
        return [
            f"n{count}", f"n{count}{referent.kind}", f"d{gap}", f"d{gap}{referent.kind}", f"d{gap}{head}",
            f"v{governed}{gap}", f"1{is_first}{gap}", f"t{in_title}", f"t{in_title}{referent.kind}",
        ]  # fmt: skip
