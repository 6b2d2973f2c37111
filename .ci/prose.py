"""Plain English in documents, help, messages and descriptions; `make prose`, a part of `make lint`.

proselint finds archaisms, redundancies and mixed spellings. The rules of prose.tsv and the length of sentences are checked here.
Docstrings and comments are checked too, except in the folders of LEFT_OUT, training/ and benchmarks/.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from proselint.checks import __register__ as proselint_checks
from proselint.registry import CheckRegistry
from proselint.tools import LintFile

ROOT = Path(__file__).resolve().parent.parent
# Written by a program, read by nobody but us, or with terms of others.
LEFT_OUT = (
    "docs/schema/",
    "docs/reference/programs.md",
    "models/khabar/",
    "command/khabar/browsing/index.py",
    "tests/",
    ".github/",
)
MOST_WORDS = 28  # of a sentence, brackets aside; the house style asks for 25, and a name or two may come on top
BUILT_IN = (
    "archaism cliches hedging malapropisms misc.illogic misc.pretension nonwords redundancy spelling weasel_words"
)
ENDS = re.compile(r"\n\s*\n|\n\s*(?=[-*] )|\n\s*\w+: ")  # of paragraphs, items of lists and arguments
DOC_ENDS = re.compile(rf"{ENDS.pattern}|(?<!\S)\|(?!\S)")  # of cells of a table too
LITERAL = re.compile(r"\n\n(?: {4}.*(?:\n|$)|\n)+")  # an indented block of a docstring: code, or a layout
WORD = re.compile(r"[\w'’/.-]*\w")
PLAIN_WORD = re.compile(r"(?<![\w\\(])[A-Za-z][a-z']*(?![\w(=])")
LINES = (Path(__file__).parent / "prose.tsv").read_text(encoding="utf-8").splitlines()
RULES = {
    advice: re.compile(found)
    for advice, _, found in (line.partition("\t") for line in LINES if not line.startswith("#"))
}
Block = tuple[int, str]  # its first line, its words


def plain(text: str) -> str:
    """Return a block as read aloud: code is one word, a link is its text, emphasis and white space are gone."""
    text = re.sub(r"``[^`]+``|`[^`]*`", "X", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"https?://\S+|<[^>\s]+>|\*\*|(?<!\w)[*_]|[*_](?!\w)", "", text)
    return " ".join(text.split())


def of_markdown(text: str) -> Iterator[Block]:
    """Give out paragraphs, items of lists and cells; headings, code and comments are left out."""
    for ignored in (r"^( *)(```|~~~).*?^\1\2", r"<!--.*?-->"):
        text = re.sub(ignored, lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)
    first, lines = 1, list[str]()
    for number, line in enumerate([*text.splitlines(), ""], 1):
        begins = re.match(r"\s*(?:[-*+]|\d+\.)\s+", line)
        if lines and (not line.strip() or begins or line.startswith(("#", "|", "<"))):
            yield first, " ".join(lines)
            lines = []
        if line.startswith("|"):
            yield from ((number, cell.replace(";", ".")) for cell in re.split(r"(?<!\\)\|", line) if cell.strip(" -:"))
        elif line.strip() and not line.startswith(("#", "<")) and (lines or begins or not line.startswith("    ")):
            first = first if lines else number
            lines.append(line[begins.end() :] if begins else line)


def of_python(source: str) -> Iterator[Block]:
    """Give out docstrings, other strings of four words and more, and comments."""
    tree = ast.parse(source)
    owners = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    docs = {id(node.body[0].value): node for node in owners if node.body and isinstance(node.body[0], ast.Expr)}
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            text = node.value
        else:
            continue
        owner = docs.get(id(node))
        if owner or len(PLAIN_WORD.findall(text)) > 3:
            parts_of = DOC_ENDS.split(LITERAL.sub("\n\n", cleandoc(text))) if owner else ENDS.split(text)
            yield from ((node.lineno, part) for part in parts_of)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from ((token.start[0], token.string.lstrip("#: ")) for token in tokens if token.type == tokenize.COMMENT)


def findings(blocks: list[Block]) -> Iterator[tuple[int, str, str]]:
    """Give out line, advice and words of each fault."""
    for line, raw in blocks:
        for sentence in re.split(r"(?<=[.!?:])\s+|(?<=[.!?][)\"])\s+", plain(raw)):
            if (words := len(WORD.findall(re.sub(r"\([^)]*\)", "", sentence)))) > MOST_WORDS:
                yield line, "a long sentence", f"{words} words: {sentence[:70]}"
            yield from ((line, advice, found[0]) for advice, rule in RULES.items() for found in rule.finditer(sentence))
    whole = LintFile("text", "\n\n".join(plain(raw) for _, raw in blocks) or "-")
    for one in whole.lint({"max_errors": 500, "checks": dict.fromkeys(BUILT_IN.split(), True)}):
        # proselint begins its text with an empty line, and two line ends stand between blocks.
        number = whole.content.count("\n", 1, one.check_result.span[0]) // 2
        yield blocks[min(number, len(blocks) - 1)][0], one.check_result.check_path, one.check_result.message


def main() -> int:
    """Print the findings and their counts; return 1 if there is any."""
    CheckRegistry().register_many(proselint_checks)
    listed = subprocess.run(["git", "ls-files", "*.md", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    counts: Counter[str] = Counter()
    for name in (
        name
        for name in listed.stdout.split()
        if not name.startswith((*LEFT_OUT, "training/", "benchmarks/")) and (ROOT / name).exists()
    ):
        source = (ROOT / name).read_text(encoding="utf-8")
        blocks = of_markdown(source) if name.endswith(".md") else of_python(source)
        for line, advice, words in findings(list(blocks)):
            print(f"{name}:{line}: {advice}: {words}")
            counts[advice] += 1
    print(
        f"prose: {counts.total()} findings",
        *(f"{count:>5} {advice}" for advice, count in counts.most_common()),
        sep="\n",
    )
    return int(bool(counts))


if __name__ == "__main__":
    sys.exit(main())
