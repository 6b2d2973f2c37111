"""The command without a broker: extract, segment, schema, help, wrong inputs."""

import json
from pathlib import Path

import pytest

from khabar.errors import Exit
from tests.acceptance.service import khabar
from tests.articles import json_lines

COMMANDS = [
    "up",
    "push",
    "records",
    "extract",
    "stories",
    "segment",
    "dead",
    "groups",
    "janitor",
    "status",
    "schema",
    "demo",
    "view",
    "browse",
]
NO_BROKER = {"KHABAR_REDIS_URL": "redis://:secret@127.0.0.1:1/0"}


def test_extract_gives_a_line_for_every_line() -> None:
    """Records and rejections in the order of the articles, so that a caller can zip them."""
    lines = json_lines(2) + '{"text": 5}\nnonsense\n' + json_lines(1, first=2)
    done = khabar("extract", "-", input=lines)
    assert done.returncode == Exit.OK, done.stderr
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [found["article"]["id"] if "text" in found else found["code"] for found in out] == [
        "test-0",
        "test-1",
        "wrong_type",
        "invalid_json",
        "test-2",
    ]
    assert "3 records, 2 rejections" in done.stderr


def test_extract_of_nothing_but_rejections_fails() -> None:
    """A pipeline that feeds the wrong column should notice."""
    done = khabar("extract", "-", input='{"text": 5}\n')
    assert done.returncode == Exit.ALL_REJECTED
    assert json.loads(done.stdout)["field"] == "text"


def test_the_same_article_gives_the_same_bytes() -> None:
    """Consumers compare records by their bytes; a new interpreter has another seed of hashes."""
    first, second = (khabar("extract", "-", input=json_lines(3), fresh=fresh).stdout for fresh in (False, True))
    assert first == second


def test_segment_answers_line_for_line() -> None:
    """Empty lines stay, so that output and input correspond."""
    done = khabar("segment", input="وقال مدير المرصد\n\nللتنظيم\nوالمكتبات 15")
    assert done.returncode == Exit.OK, done.stderr
    assert done.stdout == "و+قال مدير ال+مرصد\n\nل+ال+تنظيم\nو+ال+مكتب+ات 15\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    """Examples are what people read."""
    done = khabar(command, "--help")
    assert done.returncode == Exit.OK
    if command != "dead":
        assert "Example" in done.stdout


def test_the_help_names_every_command_and_exit_code() -> None:
    """What scripts rely on is written where people look."""
    text = khabar("--help").stdout
    assert all(command in text for command in COMMANDS)
    assert all(str(code.value) in text for code in Exit)


@pytest.mark.parametrize(
    "command",
    [
        ["push", "--outage", "0", "-"],
        ["records", "--outage", "0"],
        ["status"],
        ["dead", "list"],
        ["groups"],
        ["janitor"],
    ],
)
def test_without_a_broker_the_error_says_what_to_do_and_hides_the_password(command: list[str]) -> None:
    """One sentence, not a traceback."""
    done = khabar(*command, input=json_lines(1), env=NO_BROKER)
    assert done.returncode == Exit.NO_BROKER, done.stderr
    assert "127.0.0.1:1" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.jsonl", None),
        ("empty.jsonl", b""),
        ("table.csv", b"just one line without a header"),
        ("array.json", b'[{"text": "x"'),
    ],
)
def test_an_unreadable_input_is_named(name: str, content: bytes | None, tmp_path: Path) -> None:
    """Which file, and why."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    done = khabar("extract", str(path))
    assert done.returncode in (Exit.UNREADABLE, Exit.ALL_REJECTED), done.stderr
    assert name in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_bad_settings_are_all_listed() -> None:
    """Not one at each start."""
    done = khabar(
        "status", env={"KHABAR_LEASE_S": "soon", "KHABAR_BATCH_ARTICLES": "0", "KHABAR_LAYERS": "tokens,colours"}
    )
    assert done.returncode == Exit.USAGE
    assert all(name in done.stderr for name in ("KHABAR_LEASE_S", "KHABAR_BATCH_ARTICLES", "KHABAR_LAYERS"))


def test_layers_that_were_not_asked_for_are_absent() -> None:
    """Absent, not empty."""
    done = khabar("extract", "-", input=json_lines(1), env={"KHABAR_LAYERS": "tokens,links"})
    record = json.loads(done.stdout)
    assert "tokens" in record
    assert "links" in record
    assert "sentences" not in record
    assert "hashtags" not in record
