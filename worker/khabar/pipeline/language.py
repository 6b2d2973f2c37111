"""Is it Arabic? Function words, the article ال and telling letters decide; deterministic, about 50 us an article."""

import re
from collections.abc import Sequence
from typing import Final

from khabar.errors import Code, RejectedArticle
from khabar.lexicons import entries
from khabar.messages.record import Language
from khabar.text.document import Document
from khabar.text.normalize import normalize

PLACE: Final = "language"
_NAMES: Final = {
    "fa": "Persian",
    "ur": "Urdu",
    "ckb": "Sorani Kurdish",
    "ps": "Pashto",
    "sd": "Sindhi",
    "ug": "Uyghur",
    "ms": "Malay in Jawi",
}


def _words(code: str) -> frozenset[str]:
    """The function words as they look after normalization, for that is what they are compared with."""
    return frozenset(normalize(word).text for word in entries(f"function_words/{code}"))


_ARABIC: Final = _words("ar")
# Persian را and Arabic words written alike after normalization count for Arabic only.
_OTHERS: Final = {code: _words(code) - _ARABIC for code in _NAMES}
_ANY_OTHER: Final = frozenset().union(*_OTHERS.values())
_ARTICLE: Final = (" ال", " وال", " بال", " لل")
_LETTERS: Final = {
    code: tuple(line[0] for line in entries("letters/languages") if line.endswith(f"\t{code}")) for code in _NAMES
}

# Names of films and parties of the neighbours are quoted now and then, whole sentences are not: refused is what has
# more than half as many words of another language as Arabic ones. Measured on 4,000 Arabic articles: none comes near.
_MAX_OTHER_SHARE: Final = 0.5
_MIN_OTHER_WORDS: Final = 2
# Arabic letters among all letters: an Arabic article about software is above, an English one with a quoted name below.
_MIN_ARABIC_SHARE: Final = 0.15
_LETTER: Final = re.compile(r"[^\W\d_]")
_ARABIC_LETTER: Final = re.compile("[\u0621-\u064a\u066e-\u06d3\u06d5\ufb50-\ufdff\ufe70-\ufefc]")
# UTF-8 or Windows-1256 bytes shown as Windows-1252: Ø§Ù„ and ÇáÓ.
_UTF8_AS_LATIN: Final = re.compile("[ØÙÚÛ][\x80-\xbf\u0152-\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]")
LATIN_SUPPLEMENT_RUN: Final = re.compile("[\xa1-\xbf\xc0-\xff\u0152\u0153\u0192\u0160\u0161\u017d\u017e\u0178]{4,}")
# UTF-8 bytes shown as Windows-1256: nearly every letter becomes ط or ظ and one more, and alif these two.
_MAX_TAH_SHARE: Final = 0.3
_FEW_TAHS: Final = 0.15  # in good Arabic a fiftieth
_MIN_LETTERS: Final = 8
_ALIF_AS_CP1256: Final = "ط§"
_MIN_ALIFS: Final = 2  # «ط§» is nothing that a keyboard gives by a slip
# ISO-8859-6 bytes shown as Windows-1256: Arabic words with French letters inside. Vowel signs may follow the letter before.
_FRENCH_INSIDE: Final = re.compile("[ء-ي][èêëéîïôùûü]|[èêëéîïôùûü][ء-ي]")
_FRENCH: Final = re.compile("[èêëéîïôùûü]")
_MIN_FRENCH: Final = 3


def identify(document: Document) -> Language:
    """Return the language of a tokenized document.

    Raises:
        RejectedArticle: NO_TEXT without a single letter or digit, NOT_ARABIC for anything but Arabic; the reason
            names what it looks like and quotes nothing.
    """
    form = document.tokens.form
    if not any(token[0].isalnum() for token in form):
        raise RejectedArticle(Code.NO_TEXT, field="text", reason="There is no word in the text.", place=PLACE)
    words = [form[index] for index in document.tokens.words]
    _refuse_other_scripts(document.text, sum(map(len, words)))
    if _is_utf8_as_cp1256(words):
        raise _not_arabic("The text looks like UTF-8 that was read as Windows-1256.")
    arabic = sum(map(_ARABIC.__contains__, words)) + sum(map(document.text.count, _ARTICLE))
    code, other = _strongest_other(document.raw, words)
    if other >= _MIN_OTHER_WORDS and other > arabic * _MAX_OTHER_SHARE:
        raise _not_arabic(f"The text looks like {_NAMES[code]}.")
    # Two words' worth of doubt: a headline of two words is less sure than a page.
    return Language(code="ar", confidence=round((arabic + 1) / (arabic + other + 2), 2))


def _refuse_other_scripts(text: str, in_words: int) -> None:
    """Refuse a text whose letters are mostly not Arabic ones.

    Args:
        text: the normalized text.
        in_words: Arabic letters counted in its words.
    """
    # Most articles are settled here: even if all the rest were letters, there would be Arabic enough.
    if in_words >= len(text) * _MIN_ARABIC_SHARE:
        return
    letters = len(_LETTER.findall(text))
    if letters == 0:
        raise _not_arabic("The text has numbers but no letters.")
    if len(_ARABIC_LETTER.findall(text)) >= letters * _MIN_ARABIC_SHARE:
        return
    if len(_UTF8_AS_LATIN.findall(text)) * 4 > letters:
        raise _not_arabic("The text looks like UTF-8 that was read as Windows-1252.")
    if sum(map(len, LATIN_SUPPLEMENT_RUN.findall(text))) * 2 > letters:
        raise _not_arabic("The text looks like Windows-1256 that was read as Windows-1252.")
    if sum(c.isascii() for c in _LETTER.findall(text)) * 2 > letters:
        raise _not_arabic("The text looks like English or another language in Latin letters.")
    raise _not_arabic("The text is mostly in letters that are not Arabic.")


def _strongest_other(raw: str, words: Sequence[str]) -> tuple[str, int]:
    """Return the other language with most evidence, and how much: function words plus telling letters."""
    best, most = "fa", 0
    words = [word for word in words if word in _ANY_OTHER]
    for code, known in _OTHERS.items():
        found = sum(map(known.__contains__, words)) + sum(map(raw.count, _LETTERS[code]))
        if found > most:
            best, most = code, found
    return best, most


def has_mojibake(document: Document) -> bool:
    """Whether a part of an Arabic text was decoded with another table of Arabic than it was encoded with."""
    raw = document.raw
    if raw.count(_ALIF_AS_CP1256) >= _MIN_ALIFS:
        return True
    return _FRENCH.search(raw) is not None and len(_FRENCH_INSIDE.findall(raw)) >= _MIN_FRENCH


def _is_utf8_as_cp1256(words: Sequence[str]) -> bool:
    """Whether most letters stand in words that are half ط and ظ; an article with a paragraph of them is Arabic."""
    text = "".join(words)
    if len(text) < _MIN_LETTERS or _tahs(text) <= len(text) * _FEW_TAHS:
        return False
    broken = sum(len(word) for word in words if _tahs(word) > len(word) * _MAX_TAH_SHARE)
    return broken * 2 > len(text)


def _tahs(text: str) -> int:
    return text.count("ط") + text.count("ظ")


def _not_arabic(reason: str) -> RejectedArticle:
    return RejectedArticle(Code.NOT_ARABIC, field="text", reason=reason, place=PLACE)
