"""Characters that a terminal acts on, and how they are written so that it does not."""

import re

# Controls (C0, DEL, C1), what turns the direction of text (ALM, LRM, RLM, embeddings, overrides, isolates), line and paragraph
# separators, halves of characters, interlinear and tag characters. Joiners stay: Persian is written with them.
UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def escape(character: str) -> str:
    r"""Write a character as Python would: \x1b, \u202e, \U000e0041."""
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def json_escape(character: str) -> str:
    r"""Write a character as JSON does: \u001b, and two halves above U+FFFF."""
    data = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at]:02x}{data[at + 1]:02x}" for at in range(0, len(data), 2))


def escape_json_line(line: str) -> str:
    """Return a line of JSON that means the same, and that a terminal can be shown; line ends stay."""
    return UNSAFE.sub(lambda found: "\n" if found[0] == "\n" else json_escape(found[0]), line)
