"""Inputs that are no text at all, told by their first bytes: refused whole, with what they are."""

from typing import Final

from khabar.errors import SourceError

_KNOWN: Final = {
    b"%PDF": "a PDF; extract its text first",
    b"PK\x03\x04": "a ZIP archive, as .docx, .xlsx and .epub are; unpack it first",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file; save it as text or CSV first",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "a picture, sound or video",
    b"ID3": "a sound",
    b"SQLite format 3\0": "a SQLite database; select its rows as JSON or CSV first",
    b"\x7fELF": "a program",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"Rar!": "a RAR archive; unpack it first",
    b"{\\rtf": "an RTF document; save it as text first",
}
_PICKLE: Final = tuple(b"\x80" + bytes([version]) for version in range(2, 6))
_NUL_SHARE: Final = 0.1
_MOST_CONTROLS: Final = 0.3
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


def check_text(name: str, head: bytes) -> None:
    """Refuse a binary input.

    Args:
        name: of the input, for a person.
        head: its first bytes, compression undone.

    Raises:
        SourceError: with what it is.
    """
    what = next((what for magic, what in _KNOWN.items() if head.startswith(magic)), None)
    if what is None and head.startswith(_PICKLE):
        what = "a Python pickle, which could run any program; export JSON lines instead"
    if what is None and head[257:262] == b"ustar":
        what = "a tar archive; unpack it first"
    if what is None and head.count(0) > _NUL_SHARE * len(head):
        what = "binary, or UTF-16 without its mark; if so, say --encoding utf-16-le"
    if what is None and len(head) - len(head.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(head):
        what = "binary"
    if what is not None:
        raise SourceError(f"{name}: is {what}.")
