"""Cues of reported speech: verbs, participles, nouns and particles that show that somebody speaks."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from khabar.grammar.speech.verbs import Form, adverbial_participles, finite_forms
from khabar.grammar.surface import Surface, surfaces
from khabar.lexicons import entries
from khabar.lexicons.kept import kept

# وصفه, اعتبرها, هذا ما أعلنه
_OBJECTS: Final = ("ه", "ها", "هم")
_OWNERS: Final = ("ه", "ها", "هم", "هما")

Shape = Literal["verb", "participle", "noun", "particle", "label"]


class Reading(NamedTuple):
    """The properties of a form as a cue.

    Attributes:
        shape: a verb has its own subject, participles and nouns take the speaker from their context. A particle comes before
            its source, and the colon of a label after it.
        kind: speech, stance, document, within, relay (khabar/lexicons/reporting/verbs.txt) or source.
        link: the preposition before the speaker of a relay: نقلت الصحيفة عن فلان.
        form: gender and number of the subject.
        is_homograph: whether it is more often another word, so that the clause must show that it is a cue.
        between: words that may come between a particle and its source.
        lemma: the past tense for a verb and its participle, the verb for a verbal noun, otherwise the word itself.
    """

    shape: Shape
    kind: str
    form: Form
    is_homograph: bool = False
    link: str = ""
    between: frozenset[str] = frozenset()
    lemma: str = ""


def _verbs() -> Iterator[tuple[str, Reading]]:
    for line in entries("reporting/verbs"):
        past, present, participle, kinds, *homographs = line.split("\t")
        kind, _, link = kinds.partition(":")
        other = frozenset(homographs[0].split()) if homographs else frozenset[str]()
        for form in finite_forms(past, present):
            yield form.text, Reading("verb", kind, form, form.text in other, link, lemma=past)
            if not form.is_plural and form.text[-1] not in "ىا":
                for text in (form.text + pronoun for pronoun in _OBJECTS if form.text + pronoun not in other):
                    yield text, Reading("verb", kind, form, form.text in other, link, lemma=past)
        if participle != "-":
            for form in adverbial_participles(participle):
                yield form.text, Reading("participle", kind, form, form.text in other, link, lemma=past)


def _verbal_nouns() -> dict[str, Reading]:
    """Return form -> reading of verbal nouns, with and without a pronoun for the speaker: إعلان الوزارة أن, مطالبته ب."""
    found: dict[str, Reading] = {}
    for line in entries("reporting/verbal_nouns"):
        noun, verb = line.split("\t")
        reading = Reading("noun", "stance", Form(noun, "m", False), is_homograph=True, lemma=verb)
        stem = noun[:-1] + "ت" if noun.endswith("ة") else noun
        found |= dict.fromkeys((noun, *(stem + pronoun for pronoun in _OWNERS)), reading)
    return found


def _write_out() -> dict[str, Surface[Reading]]:
    verbs: dict[str, Reading] = {}
    for text, reading in _verbs():
        verbs.setdefault(text, reading)
    found = surfaces(verbs, prepositions=("",), with_article=False)
    future = {text: reading for text, reading in verbs.items() if reading.shape == "verb" and text[0] in "يت"}
    found = surfaces(future, conjunctions=("س", "وس", "فس", "ل", "ول"), prepositions=("",), with_article=False) | found
    nouns = {noun: Reading("noun", "speech", Form(noun, "m", False), lemma=noun) for noun in entries("reporting/nouns")}
    found |= surfaces(nouns, prepositions=("", "ب", "ل"), with_article=False)
    found = surfaces(_verbal_nouns(), prepositions=("", "ب", "ل")) | found
    particles = {}
    for line in entries("reporting/particles"):
        word, _, between = line.partition("\t")
        words = frozenset(between.split())
        particles[word.split()[-1]] = Reading(
            "particle", "source", Form(word, "m", False), " " in word, "", words, word
        )
    return found | surfaces(particles, prepositions=("",), with_article=False)


CUES: Final = kept("reporting", _write_out)
# أن, إن and similar words, with and without a pronoun; the value tells whether there is a pronoun.
COMPLEMENTIZERS: Final = surfaces(
    {
        word + pronoun: bool(pronoun)
        for word in entries("reporting/complementizers")
        for pronoun in ("", "ه", "ها", "هم", "هما", "هن", "ني", "ننا")
    },
    prepositions=("",),
    with_article=False,
)
# Noun before a quoted name -> most words in such a name.
NAMED_THINGS: Final = {noun: int(words) for noun, words in map(str.split, entries("reporting/named_things"))}
