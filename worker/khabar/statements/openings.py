"""Where a statement may begin: everything behind a cue, or before a particle, that could be what is said."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from khabar.grammar.folding import fold
from khabar.lexicons import entries
from khabar.reference.cues import Cue
from khabar.statements.marks import LineMarks, Mark

Kind = Literal["clause", "nominal", "according_to"]
# How a place was found: behind a complementizer, or a colon; a noun phrase; behind a source; before a particle, or the whole
# line there.
Way = Literal["C", "O", "N", "P", "B", "L"]

# So far behind its cue begins what is said at most, in items: a clause behind its complementizer, a noun phrase.
_NOT_SAID: Final = frozenset(map(fold, entries("reporting/not_said")))
_CLAUSES_ONLY: Final = frozenset(entries("reporting/clause_verbs"))
_REACH: Final = 36
_NEAR: Final = 14
# So many clauses of a line before a particle, and so many items, may be where the attributed one begins.
_MOST_BACK: Final = 8
_FAR_BACK: Final = 120
_FEWEST_BACK: Final = 2
# بحسب الدراسات فقد ثبت ...
_AFTER_SOURCES: Final = frozenset(("فقد",))
_WORDS: Final = frozenset(("the", "any", "maybe", "name", "noun"))
_BEFORE_CLAUSES: Final = frozenset(("comma", "colon", "close", "dash", "stop"))
_NO_BEGINNING: Final = _BEFORE_CLAUSES | {"open"}
_LENGTHS: Final = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24)


class Opening(NamedTuple):
    """A place where a statement may begin.

    Attributes:
        kind: of the statement. first: position of its first item; -1 for none at all.
        is_before: whether it begins before its cue.
        features: names of what speaks for it.
    """

    kind: Kind
    first: int
    is_before: bool
    features: list[str]


def openings(marks: LineMarks, cue: Cue, *, in_title: bool) -> list[Opening]:
    """Return the places for the statement of a cue; the last is none."""
    places = [*_before(marks, cue), *_behind_source(marks, cue)] if cue.is_particle else _behind(marks, cue)
    found = list(places)
    found.append(Opening("clause", -1, False, _of_none(marks, cue, len(found), in_title=in_title)))
    return found


def _behind(marks: LineMarks, cue: Cue) -> Iterator[Opening]:
    """Yield clauses behind their complementizer or a colon, and noun phrases."""
    position, seen = cue.position, _Between()
    furthest = 0 if cue.reading.lemma in _CLAUSES_ONLY else position + _NEAR
    near = range(position + 1, min(furthest, len(marks.line)))
    charge = max((index for index in near if "ب" in marks.at(index).proclitic), default=0)
    for index in range(position + 1, min(position + _REACH, len(marks.line))):
        mark, before = marks.at(index), marks.at(index - 1)
        if mark.kind == "that" and before.text not in _NOT_SAID:
            yield Opening("clause", index, False, _features("C", marks, cue, index, seen))
        elif before.kind == "colon" and mark.kind != "quoted":
            yield Opening("clause", index, False, _features("O", marks, cue, index, seen))
        elif index <= furthest and mark.kind in _WORDS and not (mark.kind == "name" and before.kind == "name"):
            features = _features("N", marks, cue, index, seen)
            # اتهم فلانا بكذا: what is said stands behind ب, not before it.
            yield Opening("nominal", index, False, [*features, f"N{cue.reading.lemma}b{index < charge}"])
        seen.take(mark, marks.at(index + 1))


def _behind_source(marks: LineMarks, cue: Cue) -> Iterator[Opening]:
    """Yield clauses behind the source: بحسب المرصد، ..."""
    position, seen = cue.position, _Between()
    for index in range(position + 1, min(position + _REACH, len(marks.line))):
        mark, before = marks.at(index), marks.at(index - 1)
        is_open = before.kind in _BEFORE_CLAUSES or (before.kind == "name" and mark.kind != "name")
        if mark.kind == "that" or mark.text in _AFTER_SOURCES or (is_open and mark.kind not in _NO_BEGINNING):
            yield Opening("according_to", index, False, _features("P", marks, cue, index, seen))
        seen.take(mark, marks.at(index + 1))


def _before(marks: LineMarks, cue: Cue) -> Iterator[Opening]:
    """Yield clauses that begin before the particle, the nearest first, the whole line before it last."""
    seen, count = _Between(), 0
    stop = max(0, cue.position - _FAR_BACK)
    for index in range(cue.position - 1, stop, -1):
        mark, before = marks.at(index), marks.at(index - 1)
        begins = before.kind in _BEFORE_CLAUSES or mark.kind in ("that", "break")
        if begins and mark.kind not in _BEFORE_CLAUSES and cue.position - index > _FEWEST_BACK:
            count += 1
            if count > _MOST_BACK:
                break
            yield Opening("according_to", index, True, [*_features("B", marks, cue, index, seen), f"B#{count}"])
        seen.take(mark, before)
    if not stop and cue.position > 1:
        yield Opening("according_to", 0, True, [*_features("L", marks, cue, 0, seen), f"L#{count}"])


class _Between:
    """Counts of what stands between a cue and a place."""

    def __init__(self) -> None:
        self.thats = self.commas = self.verbs = self.participles = self.quoted = 0
        self.names = self.words = self.preps = 0

    def take(self, mark: Mark, following: Mark) -> None:
        """Step over an item."""
        kind = mark.kind
        self.thats += kind == "that"
        self.commas += kind in ("comma", "dash", "colon")
        self.verbs += kind == "verb"
        self.participles += kind == "participle"
        self.quoted += kind == "quoted"
        self.preps += kind == "prep" or "ب" in mark.proclitic or "ل" in mark.proclitic
        self.names += kind == "name" and following.kind != "name"
        self.words += kind in _WORDS and kind != "name"

    @property
    def clauses(self) -> str:
        """How many clauses lie between."""
        return f"{min(self.thats, 2)}{min(self.commas, 2)}{min(self.verbs, 2)}{min(self.participles, 1)}{min(self.quoted, 1)}"

    @property
    def phrases(self) -> str:
        """How many phrases lie between."""
        return f"m{min(self.names, 2)}w{min(self.words, 4)}p{min(self.preps, 2)}"


def _features(way: Way, marks: LineMarks, cue: Cue, index: int, seen: _Between) -> list[str]:
    """Return what any place shows, and what those of one way do."""
    mark, before, after, reading = marks.at(index), marks.at(index - 1), marks.at(index + 1), cue.reading
    distance = bucket(abs(index - cue.position) - 1)
    link = _link(before, mark, is_next=index == cue.position + 1)
    shape, clauses, preps = shape_of(cue), seen.clauses, min(seen.preps, 2)
    found = [
        way, f"{way}{shape}", f"{way}:{reading.lemma}", f"{way}d{distance}", f"{way}<{link}", f"{way}{reading.lemma}<{link}",
        f"{way}s{clauses}", f"{way}{mark.kind}", f"{way}{mark.kind}>{after.label}", f"{way}h{reading.is_homograph}",
        f"{way}{seen.phrases}", f"{way}{shape}s{clauses}",
    ]  # fmt: skip
    if way == "N":
        return found + _of_noun_phrase(mark, before, cue, seen, link, distance)
    if way in "CPO":
        quoted, is_next = marks.share_quoted(index, len(marks.line)), after.kind == "quoted"
        found += (f"{way}q{quoted}{is_next}", f"{way}q{quoted}{clauses}", f"{way}{shape}q{quoted}")
    if way in "CP":
        found += (f"{way}={mark.text}", f"{way}p{preps}")
    if way != "C":
        found.append(f"{way}={mark.text if mark.kind in ('word', 'break', 'verb') else ''}")
    found.append(f"{way}<{before.label}")  # بعد أن, إلى أن
    return found


def _of_noun_phrase(mark: Mark, before: Mark, cue: Cue, seen: _Between, link: str, distance: str) -> list[str]:
    """Return what tells a verbal noun that is said (أعلنت الهيئة إغلاق ...) from the subject before it."""
    text, has_name, shape, lemma = mark.text, seen.names > 0, shape_of(cue), cue.reading.lemma
    pattern = f"{text[:1]}{text[-2:-1]}"  # إفعال, تفعيل, انفعال
    return [
        f"N={text}", f"N^{text[:1]}${text[-1:]}", f"N/{pattern}{len(text)}", f"N/{pattern}{before.kind}", f"N{mark.kind}<{link}",
        f"Nm{has_name}<{link}", f"Nm{has_name}w{min(seen.words, 3)}<{link}", f"N{shape}<{link}", f"N{shape}d{distance}",
        f"N<{before.label}", f"N{lemma}{mark.kind}<{link}", f"Nf{cue.reading.form.gender}{text[-1:] == 'ه'}{distance}",
    ]  # fmt: skip


def _of_none(marks: LineMarks, cue: Cue, places: int, *, in_title: bool) -> list[str]:
    """Return what speaks for a cue without a statement: a quotation behind it, another word that looks like it."""
    position, reading, shape = cue.position, cue.reading, shape_of(cue)
    before, after, second = marks.at(position - 1), marks.at(position + 1), marks.at(position + 2)
    reach = range(position + 1, min(position + _REACH, len(marks.line)))
    quoted = next((index for index in reach if marks.line[index] < 0), None)
    that = next((index for index in reach if marks.at(index).kind == "that"), None)
    order = "-" if quoted is None else ("q" if that is None or quoted < that else "tq")
    near = "-" if quoted is None else bucket(quoted - position - 1)
    is_behind = before.kind == "quoted" or marks.at(position - 2).kind == "quoted"
    has_colon = after.kind == "colon" or second.kind == "colon"
    label = f"{cue.who.kind}{cue.who.entity is not None}" if reading.shape == "label" and cue.who else ""
    return [
        "0", f"0{shape}", f"0:{reading.lemma}", f"0h{reading.is_homograph}", f"0weak{cue.is_weak}", f"0weak{cue.is_weak}{shape}",
        f"0{shape}{order}", f"0q{near}{order}", f"0{reading.lemma}{order}", f"0b{is_behind}", f"0b{is_behind}{shape}",
        f"0t{in_title}", f"0<{before.label}", f"0>{after.label}", f"0>>{after.label}{second.label}", f"0n{min(places, 3)}",
        f"0{shape}n{min(places, 1)}", f"0p{bucket(position)}", f"0c{cue.proclitic}", f"0l{label}", f"0l{label}{in_title}",
        f"0l{label}>{after.label}", f"0s{marks.share_quoted(position, len(marks.line))}{order}",
        f"0that{that is not None}{shape}",
        f"0colon{has_colon}{order}", f"0his{cue.is_his}",
    ]  # fmt: skip


def _link(before: Mark, mark: Mark, *, is_next: bool) -> str:
    """Return what ties a phrase to its verb: a preposition, joined or not; `next` where it follows at once."""
    if before.kind == "prep":
        return before.text
    if "ب" in mark.proclitic or "ل" in mark.proclitic:
        return mark.proclitic[-1] + "+"
    return "next" if is_next else ("," if before.kind == "comma" else "")


def shape_of(cue: Cue) -> str:
    """Return shape and kind of a cue in short."""
    return f"{cue.reading.shape[0]}{cue.reading.kind[:2]}"


def bucket(value: int, limits: tuple[int, ...] = _LENGTHS) -> str:
    """Return the first limit that holds a value, as a feature's name."""
    return str(next((limit for limit in limits if value <= limit), "more"))
