"""Small records for the tests of the browser."""

from typing import Any


def record(
    id: str, words: list[str] | str = "نص", *, at: str | None = "2026-08-14T09:00:00Z", **article: Any
) -> dict[str, Any]:
    """Return a record whose text is these words, each segmented by its '+'."""
    words = words.split() if isinstance(words, str) else words
    forms = [word.replace("+", "") for word in words]
    starts = [sum(len(form) + 1 for form in forms[:number]) for number in range(len(forms))]
    return {
        "outcome_id": f"o-{id}",
        "article": {"id": id, "title": None, "source": None, "published_at": at} | article,
        "text": " ".join(forms),
        "tokens": {
            "start": starts,
            "end": [start + len(form) for start, form in zip(starts, forms, strict=True)],
            "segments": words,
        },
        "provenance": {},
    }


def entity(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "e1",
        "type": kind,
        "name": name,
        "mentions": [{"start": 0, "end": 1, "text": name, "kind": "name"}],
        "geo": None,
    } | more


def said_by(name: str, gender: str | None, entity: str | None = "e1") -> dict[str, Any]:
    return {"start": 0, "end": 1, "text": "x", "speaker": {"name": name, "entity": entity, "gender": gender}}
