"""One trace from push to record: W3C trace context beside an article, spans where OpenTelemetry is in use.

Nothing here imports OpenTelemetry. A producer's program that uses it has loaded it, and its provider is then ours too; our own
processes load it where KHABAR_TRACES says so (khabar/spans.py). Where nobody has, a trace context is handed on as it came.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

# https://www.w3.org/TR/trace-context-1/#traceparent-header: version 00; zeros name nothing
_TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_NAME: Final = "khabar"
Attributes = Mapping[str, str | int | float | bool]


def read_traceparent(value: str | bytes | None) -> str:
    """Return a valid traceparent unchanged, and an empty string for any other value: a stranger may have written it."""
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else value or ""
    return text if _TRACEPARENT.fullmatch(text) else ""


@dataclass(slots=True)
class Span:
    """A step of a trace, or none where nobody traces.

    Attributes:
        traceparent: names this step to whoever continues with it; where nobody traces, as it came; empty for no trace.
    """

    traceparent: str = ""
    _span: Any = field(default=None, repr=False)

    def step(self, name: str, started_ns: int, ended_ns: int, attributes: Attributes | None = None) -> None:
        """Add a step within this one that is over; times in ns since 1970."""
        if self._span is not None:
            trace = sys.modules["opentelemetry.trace"]
            inside = trace.set_span_in_context(self._span)
            step = trace.get_tracer(_NAME).start_span(name, inside, attributes=attributes, start_time=started_ns)
            step.end(ended_ns)

    def fail(self, reason: str) -> None:
        """Say that it failed, in words that hold nothing of the article."""
        if self._span is not None:
            trace = sys.modules["opentelemetry.trace"]
            self._span.set_status(trace.Status(trace.StatusCode.ERROR, reason))

    def end(self, attributes: Attributes | None = None) -> None:
        """End it now."""
        if self._span is not None:
            self._span.set_attributes(attributes or {})
            self._span.end()


def start(
    name: str, kind: str, attributes: Attributes, *, parent: str | None = None, started_ns: int | None = None
) -> Span:
    """Begin a step.

    Args:
        kind: PRODUCER, CONSUMER or INTERNAL.
        started_ns: when it began, ns since 1970; None for now.
        parent: traceparent of the step that caused it; None for the one that runs in this thread.
    """
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return Span(parent or "")
    context = None if parent is None else _context(trace, parent)
    span = trace.get_tracer(_NAME).start_span(
        name, context, getattr(trace.SpanKind, kind), attributes, start_time=started_ns
    )
    found = span.get_span_context()
    if not found.is_valid:
        return Span(parent or "")
    return Span(f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}", span)


def _context(trace: Any, parent: str) -> Any:
    from opentelemetry.context import Context  # is loaded: its trace is

    found = _TRACEPARENT.fullmatch(parent)
    if found is None:
        return Context()
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    remote = trace.SpanContext(trace_id, span_id, is_remote=True, trace_flags=trace.TraceFlags(flags))
    return trace.set_span_in_context(trace.NonRecordingSpan(remote), Context())
