"""Third-person forms of a verb, from its past and present tense. News needs no others: it never reports 'I said'."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

Gender = Literal["m", "f"]


class Form(NamedTuple):
    """A conjugated form.

    Attributes:
        text: normalized spelling without proclitics.
        gender: gender of the subject.
        is_plural: plural or dual (قالوا), whose subject was named before.
    """

    text: str
    gender: Gender
    is_plural: bool


def finite_forms(past: str, present: str) -> Iterator[Form]:
    """Yield the forms of a verb, such as قال, قالت, قالوا, يقول, تقول, يقولون; weak last letters change by the rules."""
    stem = past[:-1]
    if past.endswith(("ى", "ا")):
        back = "و" if past.endswith("ا") else "ي"
        yield from (Form(past, "m", False), Form(stem + "ت", "f", False), Form(stem + "وا", "m", True))
        yield from (
            Form(stem + back + "ا", "m", True),
            Form(stem + "تا", "f", True),
            Form(stem + back + "ن", "f", True),
        )
    else:
        yield from (Form(past, "m", False), Form(past + "ت", "f", False), Form(past + "وا", "m", True))
        yield from (Form(past + "ا", "m", True), Form(past + "تا", "f", True), Form(past + "ن", "f", True))
    body = present[1:]
    yield from (Form(present, "m", False), Form("ت" + body, "f", False))
    root = body[:-1] if body.endswith(("ى", "ي", "و")) else body
    yield from (Form("ي" + root + "ون", "m", True), Form("ي" + root + "وا", "m", True))
    middle = root + "ي" if body.endswith(("ى", "ي")) else body
    yield from (Form("ي" + middle + "ان", "m", True), Form("ت" + middle + "ان", "f", True))


def adverbial_participles(participle: str) -> Iterator[Form]:
    """Yield the accusative forms of a participle such as قائل: قائلا, قائلة, قائلين; قائلات is more often a noun."""
    stem = participle.removesuffix("ي")
    yield from (Form(participle + "ا", "m", False), Form(participle + "ة", "f", False), Form(stem + "ين", "m", True))
