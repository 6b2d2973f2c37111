"""Where the spans of our own processes go: nowhere, to standard error, or to a collector by OTLP over HTTP.

Address, headers, sampling and names of the service are OpenTelemetry's own variables: OTEL_EXPORTER_OTLP_ENDPOINT,
OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME and so on.
"""

import os
import sys
from importlib.util import find_spec

from khabar.errors import NotInstalled

HINT = "traces need OpenTelemetry, which is not installed; run: pip install 'khabar[otel]'"


def require(traces: str) -> None:
    """See to it that what the setting names is installed.

    Raises:
        NotInstalled: it is not.
    """
    if traces == "none":
        return
    wanted = ["opentelemetry.sdk"] + (["opentelemetry.exporter.otlp.proto.http"] if traces == "otlp" else [])
    for module in wanted:
        try:
            found = find_spec(module)
        except ModuleNotFoundError:
            found = None
        if found is None:
            raise NotInstalled(HINT)


def open_traces(traces: str) -> None:
    """Send the spans of this process from here on; after a fork, for the sender is a thread.

    Args:
        traces: the setting: none, console or otlp.

    Raises:
        NotInstalled: the packages are not there.
    """
    require(traces)
    if traces == "none":
        return
    from opentelemetry import trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor

    service = {} if "OTEL_SERVICE_NAME" in os.environ else {"service.name": "khabar"}
    provider = TracerProvider(resource=Resource.create(service))
    if traces == "console":
        write = ConsoleSpanExporter(out=sys.stderr, formatter=lambda span: span.to_json(indent=None) + "\n")
        provider.add_span_processor(SimpleSpanProcessor(write))
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def close_traces() -> None:
    """Send what waits; at the end of a process, which OpenTelemetry alone would not hear of in a child of Celery's."""
    trace = sys.modules.get("opentelemetry.trace")
    shutdown = getattr(trace.get_tracer_provider(), "shutdown", None) if trace else None
    if shutdown is not None:
        shutdown()
