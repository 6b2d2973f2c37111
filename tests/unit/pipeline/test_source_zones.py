"""A published_at without a zone gets that of its source, where the operator tells it."""

from pathlib import Path

import pytest

from khabar.engines.base import Engine
from khabar.messages.article import parse_article
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.source_zones import SourceZones
from khabar.settings import InvalidSettings, load_settings

ZONES = SourceZones(
    {
        "الشرق الأوسط": "Europe/London",
        "example.com": "Asia/Riyadh",
        "eg.example.com": "Africa/Cairo",
        "Spa": "Asia/Riyadh",
    }
)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"source": "الشرق  الأوسط", "url": "https://example.com/a"}, "2026-09-16T08:30:00+01:00"),
        ({"url": "https://www.example.com/a"}, "2026-09-16T08:30:00+03:00"),
        ({"url": "https://EG.example.com:443/a"}, "2026-09-16T08:30:00+03:00"),
        ({"url": "https://eg.example.com/a", "date": "2026-01-16 08:30"}, "2026-01-16T08:30:00+02:00"),
        ({"source": "news.example.com"}, "2026-09-16T08:30:00+03:00"),
        ({"source": "SPA"}, "2026-09-16T08:30:00+03:00"),
        ({"source": "الشرق الأوسط", "date": "2026-09-16T08:30:00Z"}, "2026-09-16T08:30:00+00:00"),
        ({"url": "https://notexample.com/a"}, "2026-09-16T08:30:00"),
        ({"url": "https://[example.com/a", "source": "أخرى"}, "2026-09-16T08:30:00"),
    ],
)
def test_a_local_time_gets_its_sources_offset(sent: dict[str, str], expected: str) -> None:
    """Summer time counts, an offset that was sent stays, and an unknown source has none."""
    made = ZONES.apply(parse_article({"body": "نص", "date": "2026-09-16 08:30"} | sent))
    assert made.published_at is not None
    assert made.published_at.isoformat() == expected


def test_the_zones_are_part_of_the_pipelines_version_and_of_the_provenance(engine: Engine) -> None:
    """Another table makes other bytes, which must not pass for the same."""
    other = SourceZones({"example.com": "Asia/Dubai"})
    pipelines = [Pipeline(engine, [], [], version="1", zones=zones) for zones in (None, ZONES, other, ZONES)]
    versions = [each.version for each in pipelines]
    assert len(set(versions)) == 3
    assert versions[1] == versions[3]
    record = pipelines[2](
        parse_article({"body": "قال الوزير إن العمل مستمر في المدينة", "url": "http://example.com/a"})
    )
    assert record.provenance.models == {"source-zones": other.version}


def test_a_file_is_read_with_comments_and_names_of_several_words(tmp_path: Path) -> None:
    """Names of papers have spaces; the zone is the last word."""
    file = tmp_path / "zones.txt"
    file.write_text("\ufeff# papers\nالشرق الأوسط   Europe/London # since 1978\n\nexample.com\tAsia/Riyadh\n", "utf-8")
    same = SourceZones({"example.com": "Asia/Riyadh", "الشرق الأوسط": "Europe/London"})
    assert SourceZones.read(file).version == same.version
    assert load_settings(source_zones=file).source_zones == file


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"example.com Asia/Riadh\n", "no such time zone: Asia/Riadh"),
        (b"example.com\n", "line 1: write a source or host, and behind it its zone"),
        (b"a.com Asia/Riyadh\nA.com Asia/Dubai\n", "line 2: the source is listed twice"),
        (b"\xe3 Asia/Riyadh\n", r"cannot be read \(UnicodeDecodeError\)"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_start(tmp_path: Path, content: bytes, reason: str) -> None:
    """A zone that is silently left out gives wrong days."""
    file = tmp_path / "zones.txt"
    file.write_bytes(content)
    with pytest.raises(InvalidSettings, match=f"KHABAR_SOURCE_ZONES: .*{reason}"):
        load_settings(source_zones=file)
