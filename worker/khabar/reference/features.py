"""The features of a candidate for the speaker: names, each of which has a learned weight."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple, ParamSpec, cast

from khabar.grammar.folding import fold
from khabar.lexicons import entries
from khabar.reference.candidates import Candidate, Case, Description, Memory
from khabar.reference.mentions import Referent
from khabar.reference.nouns import cut
from khabar.reference.weights import Features as Named
from khabar.reference.weights import Names
from khabar.text.document import Document

_SHAPES: Final = {"verb": "V", "participle": "J", "noun": "U", "particle": "P", "label": "L"}
_PREPOSITIONS: Final = frozenset(("ب+", "ل+", "ك+"))
_GOVERNORS: Final = frozenset(map(fold, entries("reference/governors")))
# Nouns for speech acts, which are objects and not subjects: جدد التأكيد على ...
_OBJECTS: Final = frozenset(
    fold(word) for line in entries("reporting/act_objects") for word in line.split("\t")[1].split()
)
_FAR: Final = 4
_LONG: Final = 5
# Name of the feature by the number of mentions: 1, 2 or 3, more.
_OFTEN: Final = ("1", "2", "2", "4")
# Roles of a description that was read at this cue. They are explained at Candidate.
_NEW: Final = frozenset("rabfhj")
# Roles of candidates before the verb. If one is plural, it is not the subject of a singular verb that follows.
_BEFORE: Final = frozenset("BbFfhjNT")
_NEAR: Final = (1, 2, 3, 5, 8, 12)
# Roles of candidates whom a description may mean, instead of somebody new.
_RIVALS: Final = frozenset("MIJDEKAC")
# Roles of a phrase right after the cue.
_SUBJECTS: Final = frozenset(("A", "a"))
# Roles whose weight depends on the verb: أضاف (added) suggests the last speaker, أعلن (announced) a new one.
_TELLING: Final = frozenset(("A", "a", "B", "b", "T", "S1"))


_P = ParamSpec("_P")


class Features:
    """Computes the features of the candidates in one document."""

    def __init__(self, document: Document, memory: Memory) -> None:
        self._document = document
        self._memory = memory
        sentences = document.sentences
        self._line_of = sentences.of_token
        self._title_end = document.title_end
        self._rivals = ""
        self._places: dict[int, _Place] = {}  # first token of a mention -> its place

    def of(self, case: Case) -> list[Named]:
        """Return the features of each candidate of a case."""
        said = case.said
        head = (said.noun.kind if said.noun else "?") if said else "-"
        definite = "" if not said else ("d" if said.is_definite else "i") + ("e" if said.is_echo else "")
        shape = self._context(case)
        self._rivals = "".join(sorted({role[0] for one in case.candidates for role in one.roles if role[0] in _RIVALS}))
        seen = _Seen(shape, head, definite, f"{head}{definite}", f"{case.word}{case.is_past}")
        return [self._of(case, candidate, seen) for candidate in case.candidates]

    def _of(self, case: Case, candidate: Candidate, seen: "_Seen") -> Named:
        said, referent, reading, (shape, head, definite, described, before) = (
            case.said, candidate.referent, case.reading, seen,
        )  # fmt: skip
        if referent is None:
            return [_of_nobody(shape, head, definite, reading.kind, self._rivals)]
        kind, roles = referent.kind, candidate.roles
        found: list[str | Names] = [
            _of_kind(kind, shape, reading.kind),
            _of_roles(_initials(tuple(roles)), shape, self._rivals, case.word, case.behind),
        ]
        for role in roles:
            found.append(_of_role(role, shape, described, kind, before))
            if role in _SUBJECTS:
                found.append(_of_subject(role, shape, kind, case.behind, min(case.gap, _LONG)))
            if role in _TELLING:
                found.append(_of_lemma(reading.lemma, role))
            if role == "S1":
                found.append(_of_last(min(case.line - self._memory.line_of_last, _FAR - 1), shape))
        found.append(
            _of_agreement(
                self._agreement(case, referent),
                kind,
                shape[0],
                "A" in roles,
                "S1" in roles,
                "a" not in roles and not _BEFORE.isdisjoint(roles),
            )
        )
        if said is not None:
            fit = self._fit(said, referent)
            found.append(_of_fit(fit, kind, head, definite, shape))
            if referent.entity is None and _NEW.isdisjoint(roles):
                found += (f"x{fit}", f"x{fit}{head}")  # a speaker described before, with another word or with this one
            if said.countries:
                found.append(f"c{bool(said.countries & referent.countries)}{bool(referent.countries)}{kind[:3]}")
        if referent.entity is not None:
            found += self._salience(case, referent, head)
        elif candidate.phrase is not None and candidate.phrase.mention is None and not _NEW.isdisjoint(roles):
            found.append(_of_description(min(len(candidate.phrase.items), _LONG), kind, definite, self._rivals))
            if not kind:
                found.append(_of_word(self._document.tokens.segments[candidate.phrase.items[0]]))
        found.append(_of_spoken(min(referent.spoken, _FAR - 1), kind, shape[1:]))
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
        several = "s" if referent.is_plural else ""
        if referent.gender is None:
            return "?" + several
        return ("=" if referent.gender == case.reading.form.gender else "!") + several

    def _fit(self, said: Description, referent: Referent) -> str:
        """Return how well a referent fits a description: "all" words, its "head", some "word", "any" person, or "no"."""
        if not said.head or said.head not in referent.words:
            return "any" if said.noun and said.noun.kind == "any" and referent.kind in ("PER", "any") else "no"
        if said.words <= referent.words:
            return "all"
        return "head" if referent.head == said.head else "word"

    def _salience(self, case: Case, referent: Referent, head: str) -> tuple[Names, ...]:
        first = referent.first
        count = _OFTEN[min(len(first), len(_OFTEN)) - 1]
        token = referent.last_before(case.token)
        if token is None:
            return (_of_later(count, referent.kind, head),)
        place = self._places.get(token)
        if place is None:
            place = self._places[token] = self._place(token)
        in_title = self._document.tokens.start[first[0]] < self._title_end
        gap = min(case.line - place.line, _FAR)
        found = _of_mention(count, gap, referent.kind, head, place.is_governed, place.is_first, in_title)
        if gap:
            return (found,)
        last = self._memory.mentions.at[token].last
        return found, _of_distance(_bucket(case.token - last), case.word, referent.kind, place.is_governed)

    def _place(self, token: int) -> "_Place":
        segments, form = self._document.tokens.segments, self._document.tokens.form
        is_governed = segments[token][:2] in _PREPOSITIONS or (token > 0 and fold(form[token - 1]) in _GOVERNORS)
        line = self._line_of(token)
        return _Place(line, is_governed, self._document.sentences.first_token[line] >= token - 3)


class _Place(NamedTuple):
    """The place of a mention: its line, whether a preposition or similar word governs it, whether it begins the line."""

    line: int
    is_governed: bool
    is_first: bool


class _Seen(NamedTuple):
    """The parts of names that all candidates of a case have in common.

    Attributes:
        shape: of the cue and of what stands around it. head, definite: of the description, described: both.
        before: the kind of word before the cue.
    """

    shape: str
    head: str
    definite: str
    described: str
    before: str


def _kept(make: Callable[_P, tuple[str, ...]]) -> Callable[_P, Names]:
    """Keep features that depend on the same few values together, so that their names and their sum are made only once."""

    def names(*values: _P.args, **named: _P.kwargs) -> Names:
        return Names(make(*values, **named))

    return cast("Callable[_P, Names]", lru_cache(maxsize=4096)(names))


@lru_cache(maxsize=4096)
def _initials(roles: tuple[str, ...]) -> str:
    return "".join(sorted({role[0] for role in roles}))


@_kept
def _of_nobody(shape: str, head: str, definite: str, reading: str, rivals: str) -> tuple[str, ...]:
    return ("0", f"{shape}0", f"0{head}{definite}", f"0{reading}", f"0&{rivals}")


@_kept
def _of_kind(kind: str, shape: str, reading: str) -> tuple[str, ...]:
    return (f"k{kind}", f"{shape}k{kind}", f"{reading}k{kind}")


@_kept
def _of_roles(every: str, shape: str, rivals: str, word: str, behind: str) -> tuple[str, ...]:
    """Return the features of all roles of a candidate together."""
    return (every, f"{every}{shape}", f"{every}&{rivals}", f"{every}<{word}", f"{every}>{behind}")


@_kept
def _of_role(role: str, shape: str, described: str, kind: str, before: str) -> tuple[str, ...]:
    """Return the features of one role; `before` is the kind of word before the cue."""
    return (role, f"{shape}{role}", f"{role}:{kind}", f"{role}|{described}", f"{role}<{before}")


@_kept
def _of_lemma(lemma: str, role: str) -> tuple[str, ...]:
    return (f"{lemma}|{role}",)


@_kept
def _of_subject(role: str, shape: str, kind: str, behind: str, gap: int) -> tuple[str, ...]:
    """Return features that tell whether the phrase after the cue is its subject.

    They are the kind of word after the phrase, and the number of words before its name.
    """
    return (
        f"{role}>{behind}{kind}",
        f"{role}>{behind}{shape}",
        f"{role}#{gap}",
        f"{role}#{gap}{kind}",
        f"{role}#{gap}>{behind}",
    )


@_kept
def _of_distance(distance: str, word: str, kind: str, is_governed: bool) -> tuple[str, ...]:
    """Return features of the number of tokens between a name and the cue in its line."""
    return (f"m{distance}", f"m{distance}{kind}", f"m{distance}<{word}", f"m{distance}<{word}v{is_governed}")


def _bucket(value: int) -> str:
    return str(next((limit for limit in _NEAR if value <= limit), "more"))


@_kept
def _of_last(gap: int, shape: str) -> tuple[str, ...]:
    return (f"S1@{gap}", f"S1@{gap}{shape}")


@_kept
def _of_agreement(
    agreement: str, kind: str, shape: str, is_named: bool, is_last: bool, is_before: bool
) -> tuple[str, ...]:
    return (
        f"g{agreement}",
        f"g{agreement}{kind}",
        f"g{agreement}{shape}{is_named}{is_last}",
        f"g{agreement}{shape}b{is_before}",
        f"g{agreement}{kind}b{is_before}",
    )


@_kept
def _of_spoken(spoken: int, kind: str, around: str) -> tuple[str, ...]:
    return (f"s{spoken}", f"s{spoken}{kind}{around}")


@_kept
def _of_fit(fit: str, kind: str, head: str, definite: str, shape: str) -> tuple[str, ...]:
    return (f"f{fit}", f"f{fit}{kind}{head}", f"f{fit}{definite}", f"f{fit}{shape}")


@_kept
def _of_description(length: int, kind: str, definite: str, rivals: str) -> tuple[str, ...]:
    return (
        f"w{length}", f"w{length}{kind}", f"w{definite}{kind}", f"&{rivals}", f"&{rivals}{kind}", f"&{rivals}{kind}{definite}",
    )  # fmt: skip


@_kept
def _of_word(segments: str) -> tuple[str, ...]:
    """Return features of the first word of a new description, to tell real descriptions from other phrases."""
    word = cut(segments)
    accusative = not word.is_definite and word.stem.endswith("ا")
    return (
        f"u={word.stem}",
        f"u/{word.stem[:1]}{word.stem[-2:-1]}{len(word.stem)}{word.is_definite}",
        f"o{word.stem in _OBJECTS}",
        f"u{accusative}",
        f"u{bool(word.ending)}{word.is_definite}",
        f"u{word.stem[:1]}",
        f"u{word.stem[-1:]}{word.is_definite}",
    )


@_kept
def _of_later(count: str, kind: str, head: str) -> tuple[str, ...]:
    return (f"n{count}", "later", f"later{kind}{head}")


@_kept
def _of_mention(
    count: str, gap: int, kind: str, head: str, is_governed: bool, is_first: bool, in_title: bool
) -> tuple[str, ...]:
    return (
        f"n{count}", f"n{count}{kind}", f"d{gap}", f"d{gap}{kind}", f"d{gap}{head}", f"v{is_governed}{gap}",
        f"1{is_first}{gap}", f"t{in_title}", f"t{in_title}{kind}",
    )  # fmt: skip
