"""The places where a statement may begin: after a cue, or before a particle such as بحسب."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from khabar.grammar.folding import fold
from khabar.lexicons import entries
from khabar.reference.acts import act_of_verb
from khabar.reference.cues import Cue
from khabar.reference.weights import Features, Names
from khabar.statements.between import NAME, between
from khabar.statements.marks import LineMarks, Mark

Kind = Literal["clause", "nominal", "according_to"]
# How a place was found: C after a complementizer, O after a colon, N as a noun phrase, P after a source, B before a particle,
# L as the whole line before a particle.
Way = Literal["C", "O", "N", "P", "B", "L"]

_NOT_SAID: Final = frozenset(map(fold, entries("reporting/not_said")))
_CLAUSES_ONLY: Final = frozenset(entries("reporting/clause_verbs"))
_DETERMINERS: Final = frozenset(("اي", "كل", "بعض"))  # نفت أي تورط
_TIES: Final = frozenset(("prep", "comma"))  # after a long subject, a noun phrase must follow one of these
_RELATIVES: Final = frozenset(map(fold, entries("reporting/relatives")))
# A statement begins at most this many items after its cue: a clause after its complementizer, and a noun phrase.
_REACH: Final = 36
_NEAR: Final = 14
# For a statement before a particle: most clauses and most items to look back, and the fewest items that it has.
_MOST_BACK: Final = 8
_FAR_BACK: Final = 120
_FEWEST_BACK: Final = 2
# بحسب الدراسات فقد ثبت ...
_AFTER_SOURCES: Final = frozenset(("فقد",))
_WORDS: Final = frozenset(("the", "any", "maybe", "name", "noun"))
_BEFORE_CLAUSES: Final = frozenset(("comma", "colon", "close", "dash", "stop"))
_CUES: Final = frozenset(("verb", "participle", "noun", "particle"))
_NO_BEGINNING: Final = _BEFORE_CLAUSES | {"open"}
_LENGTHS: Final = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24)


class Opening(NamedTuple):
    """A place where a statement may begin.

    Attributes:
        kind: kind of the statement.
        first: position of its first item; -1 means that the cue opens no statement.
        is_before: whether it begins before its cue.
        features: names of features, whose weights are summed.
    """

    kind: Kind
    first: int
    is_before: bool
    features: Features


def openings(marks: LineMarks, cue: Cue, *, in_title: bool) -> list[Opening]:
    """Return the places where the statement of a cue may begin; the last one means that it opens no statement."""
    places = [*_before(marks, cue), *_behind_source(marks, cue)] if cue.is_particle else _behind(marks, cue)
    found = list(places)
    found.append(Opening("clause", -1, False, _of_none(marks, cue, len(found), in_title=in_title)))
    return found


def _behind(marks: LineMarks, cue: Cue) -> Iterator[Opening]:
    """Yield clauses after a complementizer or a colon, and noun phrases."""
    items, position, seen, shape = marks.items, cue.position, 0, shape_of(cue)
    furthest = 0 if cue.reading.lemma in _CLAUSES_ONLY else position + _NEAR
    near = range(position + 1, min(furthest, len(marks.line)))
    charge = max([index for index in near if "ب" in items[index].proclitic], default=0)
    before = items[position]
    for index in range(position + 1, min(position + _REACH, len(marks.line))):
        mark = items[index]
        kind = mark.kind
        if kind == "that" and before.text not in _NOT_SAID:
            yield Opening("clause", index, False, _features("C", marks, cue, shape, index, seen))
        elif before.kind == "colon" and kind != "quoted":
            yield Opening("clause", index, False, _features("O", marks, cue, shape, index, seen))
        elif (
            (index <= furthest or (furthest and (before.kind in _TIES or "ب" in mark.proclitic)))
            and (kind in _WORDS or mark.text in _DETERMINERS)
            and not (kind == "name" and before.kind == "name")
        ):
            # In اتهم فلانا بكذا the accusation follows ب, so a noun phrase before ب is not it.
            features = _of_phrase(marks, cue, shape, index, seen, before_charge=index < charge)
            yield Opening("nominal", index, False, features)
        seen += mark.step
        if kind == "name" and items[index + 1].kind != "name":
            seen += NAME
        before = mark


def _behind_source(marks: LineMarks, cue: Cue) -> Iterator[Opening]:
    """Yield clauses after the source: بحسب المرصد، ..."""
    items, position, seen = marks.items, cue.position, 0
    for index in range(position + 1, min(position + _REACH, len(marks.line))):
        mark, before = items[index], items[index - 1]
        is_open = before.kind in _BEFORE_CLAUSES or (before.kind == "name" and mark.kind != "name")
        if mark.kind == "that" or mark.text in _AFTER_SOURCES or (is_open and mark.kind not in _NO_BEGINNING):
            yield Opening("according_to", index, False, _features("P", marks, cue, shape_of(cue), index, seen))
        seen += mark.step
        if mark.kind == "name" and items[index + 1].kind != "name":
            seen += NAME


def _before(marks: LineMarks, cue: Cue) -> Iterator[Opening]:
    """Yield clauses before the particle, the nearest first; the last is the whole line before it."""
    items, seen, count = marks.items, 0, 0
    stop = max(0, cue.position - _FAR_BACK)
    for index in range(cue.position - 1, stop, -1):
        mark, before = items[index], items[index - 1]
        begins = before.kind in _BEFORE_CLAUSES or mark.kind in ("that", "break") or before.text in _RELATIVES
        if begins and mark.kind not in _BEFORE_CLAUSES and cue.position - index > _FEWEST_BACK:
            count += 1
            if count > _MOST_BACK:
                break
            yield Opening(
                "according_to", index, True, [*_features("B", marks, cue, shape_of(cue), index, seen), f"B#{count}"]
            )
        seen += mark.step
        if mark.kind == "name" and before.kind != "name":
            seen += NAME
    if not stop and cue.position > 1:
        yield Opening("according_to", 0, True, [*_features("L", marks, cue, shape_of(cue), 0, seen), f"L#{count}"])


def _features(way: Way, marks: LineMarks, cue: Cue, shape: str, index: int, seen: int) -> list[str | Names]:
    """Return the features of a place that is no noun phrase: those of all places, and those of the way in which it was found."""
    items, reading, counts = marks.items, cue.reading, between(seen)
    mark, before, after = items[index], items[index - 1], items[index + 1]
    link = _link(before, mark, is_next=index == cue.position + 1)
    kind = mark.kind
    found: list[str | Names] = [
        _of_cue(way, shape, reading.lemma, reading.is_homograph, link),
        _of_counts(way, shape, counts.clauses, counts.phrases, bucket(abs(index - cue.position) - 1)),
        _of_neighbours(way, kind, after.label, before.label),
    ]
    if way in "CPO":
        share, is_next = marks.share_quoted(index, len(marks.line)), after.kind == "quoted"
        found.append(_of_quoted(way, shape, share, is_next, counts.clauses))
    found.append(_of_text(way, kind, mark.text, counts.prepositions))
    return found


@lru_cache(maxsize=8192)
def _of_text(way: Way, kind: str, text: str, prepositions: int) -> Names:
    found = [f"{way}={text}", f"{way}p{prepositions}"] if way in "CP" else []
    if way != "C":
        found.append(f"{way}={text if kind in ('word', 'break', 'verb') else ''}")
    return Names(found)


def _of_phrase(marks: LineMarks, cue: Cue, shape: str, index: int, seen: int, *, before_charge: bool) -> list[Names]:
    """Return the features of a noun phrase; nine of ten places are one."""
    items, reading, counts = marks.items, cue.reading, between(seen)
    mark, before = items[index], items[index - 1]
    distance = bucket(index - cue.position - 1)
    link = _link(before, mark, is_next=index == cue.position + 1)
    gender, is_feminine = reading.form.gender, mark.text[-1:] == "ه"
    return [
        _of_cue("N", shape, reading.lemma, reading.is_homograph, link),
        _of_phrase_counts(shape, counts.clauses, counts.phrases, distance, gender, is_feminine),
        _of_neighbours("N", mark.kind, items[index + 1].label, before.label),
        _of_noun(mark.text, before.kind),
        _of_link(shape, reading.lemma, mark.kind, link, counts.has_name, counts.words, before_charge),
    ]


@lru_cache(maxsize=8192)
def _of_cue(way: Way, shape: str, lemma: str, is_homograph: bool, link: str) -> Names:
    act = act_of_verb(lemma)  # verbs of the same act take the same prepositions
    alike = (f"{way}@{act}{shape[0]}", f"{way}@{act}<{link}", f"{way}@{act}{shape[0]}<{link}")
    return Names(
        (
            way,
            f"{way}{shape}",
            f"{way}:{lemma}",
            f"{way}h{is_homograph}",
            f"{way}<{link}",
            f"{way}{lemma}<{link}",
            *alike,
        )
    )


def _counts(way: Way, shape: str, clauses: str, phrases: str, distance: str) -> tuple[str, ...]:
    return (f"{way}d{distance}", f"{way}s{clauses}", f"{way}{phrases}", f"{way}{shape}s{clauses}")


@lru_cache(maxsize=8192)
def _of_counts(way: Way, shape: str, clauses: str, phrases: str, distance: str) -> Names:
    return Names(_counts(way, shape, clauses, phrases, distance))


@lru_cache(maxsize=8192)
def _of_phrase_counts(shape: str, clauses: str, phrases: str, distance: str, gender: str, is_feminine: bool) -> Names:
    own = (f"N{shape}d{distance}", f"Nf{gender}{is_feminine}{distance}")
    return Names((*_counts("N", shape, clauses, phrases, distance), *own))


@lru_cache(maxsize=4096)
def _of_neighbours(way: Way, kind: str, after: str, before: str) -> Names:
    return Names((f"{way}{kind}", f"{way}{kind}>{after}", f"{way}<{before}"))  # بعد أن, إلى أن


# These distinguish a verbal noun that is the statement (أعلنت الهيئة إغلاق ...) from the subject before it.
@lru_cache(maxsize=8192)
def _of_noun(text: str, before: str) -> Names:
    pattern = f"{text[:1]}{text[-2:-1]}"  # إفعال, تفعيل, انفعال
    return Names((f"N={text}", f"N^{text[:1]}${text[-1:]}", f"N/{pattern}{len(text)}", f"N/{pattern}{before}"))


@lru_cache(maxsize=8192)
def _of_link(shape: str, lemma: str, kind: str, link: str, has_name: bool, words: int, before_charge: bool) -> Names:
    return Names(
        (
            f"N{kind}<{link}",
            f"Nm{has_name}<{link}",
            f"Nm{has_name}w{words}<{link}",
            f"N{shape}<{link}",
            f"N{lemma}{kind}<{link}",
            f"N@{act_of_verb(lemma)}{kind}<{link}",
            f"N{lemma}b{before_charge}",
        )
    )


@lru_cache(maxsize=2048)
def _of_quoted(way: Way, shape: str, share: str, is_next: bool, clauses: str) -> Names:
    return Names((f"{way}q{share}{is_next}", f"{way}q{share}{clauses}", f"{way}{shape}q{share}"))


def _of_none(marks: LineMarks, cue: Cue, places: int, *, in_title: bool) -> list[str | Names]:
    """Return the features for a cue without a statement: a quotation follows it, or it is another word with the same spelling."""
    position, reading, shape = cue.position, cue.reading, shape_of(cue)
    items = marks.items
    before, after, second = items[position - 1], items[position + 1], items[position + 2]
    end = min(position + _REACH, len(marks.line))
    quoted, that = marks.first("quoted", position + 1, end), marks.first("that", position + 1, end)
    order = "-" if quoted < 0 else ("q" if that < 0 or quoted < that else "tq")
    near = "-" if quoted < 0 else bucket(quoted - position - 1)
    inside = _until_quoted(items[that + 1 : quoted]) if order == "tq" else "-"
    is_behind = before.kind == "quoted" or items[position - 2].kind == "quoted"
    has_colon = after.kind == "colon" or second.kind == "colon"
    label = f"{cue.who.kind}{cue.who.entity is not None}" if reading.shape == "label" and cue.who else ""
    share = marks.share_quoted(position, len(marks.line))
    return [
        _of_cue_alone(shape, reading.lemma, reading.is_homograph, cue.is_weak, cue.is_his, cue.proclitic, order),
        _of_its_neighbours(shape, before.text, before.label, after.label, second.label),
        _of_what_follows(shape, order, near, inside, share, that >= 0, has_colon),
        _of_its_place(shape, is_behind, in_title, min(places, 3), bucket(position)),
        _of_label(label, in_title, after.label),
        _of_form(reading.form.text, after.label),
    ]


@lru_cache(maxsize=8192)
def _of_cue_alone(
    shape: str, lemma: str, is_homograph: bool, is_weak: bool, is_his: bool, proclitic: str, order: str
) -> Names:
    return Names(
        (
            "0", f"0{shape}", f"0@{act_of_verb(lemma)}{shape}", f"0:{lemma}", f"0h{is_homograph}", f"0weak{is_weak}",
            f"0weak{is_weak}{shape}", f"0his{is_his}", f"0c{proclitic}", f"0{shape}{order}", f"0{lemma}{order}",
        )
    )  # fmt: skip


@lru_cache(maxsize=16384)
def _of_its_neighbours(shape: str, text: str, before: str, after: str, second: str) -> Names:
    return Names((f"0<={text}", f"0{shape}<={text}", f"0<{before}", f"0>{after}", f"0>>{after}{second}"))


@lru_cache(maxsize=8192)
def _of_what_follows(
    shape: str, order: str, near: str, inside: str, share: str, is_that_near: bool, has_colon: bool
) -> Names:
    return Names(
        (
            f"0q{near}{order}", f"0tq{inside}", f"0{shape}tq{inside}", f"0s{share}{order}", f"0that{is_that_near}{shape}",
            f"0colon{has_colon}{order}",
        )
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _of_its_place(shape: str, is_behind: bool, in_title: bool, places: int, position: str) -> Names:
    return Names(
        (
            f"0b{is_behind}", f"0b{is_behind}{shape}", f"0t{in_title}", f"0n{places}", f"0{shape}n{min(places, 1)}",
            f"0p{position}",
        )
    )  # fmt: skip


@lru_cache(maxsize=2048)
def _of_label(label: str, in_title: bool, after: str) -> Names:
    return Names((f"0l{label}", f"0l{label}{in_title}", f"0l{label}>{after}"))


@lru_cache(maxsize=8192)
def _of_form(text: str, after: str) -> Names:
    return Names((f"0f{text}", f"0f{text}>{after}"))  # يذكر أن has no speaker


def _until_quoted(items: Sequence[Mark]) -> str:
    """Describe the items between أن and a later quotation; if another cue is among them, the quotation belongs to that cue."""
    kinds = {item.kind for item in items}
    return f"{bucket(len(items))}{not kinds.isdisjoint(_CUES)}{'comma' in kinds}"


def _link(before: Mark, mark: Mark, *, is_next: bool) -> str:
    """Return the link between a phrase and its verb: a preposition, joined or not, "next" if it follows directly, or ","."""
    if before.kind == "prep":
        return before.text
    if "ب" in mark.proclitic or "ل" in mark.proclitic:
        return mark.proclitic[-1] + "+"
    return "next" if is_next else ("," if before.kind == "comma" else "")


def shape_of(cue: Cue) -> str:
    """Return a short name for the shape and the kind of a cue."""
    return f"{cue.reading.shape[0]}{cue.reading.kind[:2]}"


@lru_cache(maxsize=2048)
def bucket(value: int, limits: tuple[int, ...] = _LENGTHS) -> str:
    """Return the first limit that is at least the value, as part of a feature's name; "more" if all are less."""
    return str(next((limit for limit in limits if value <= limit), "more"))
