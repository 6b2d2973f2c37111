"""A look at a deployment that shows every metric there is."""

from khabar.counting import Counted, Measure, Tally, name
from khabar.liveness.processes import Process, Role
from khabar.liveness.rules import Health, Verdict
from khabar.metrics.deployment import Look
from khabar.status import GroupState, LaneState, State, StoriesState


def full_look() -> Look:
    """Return one with each measure counted, a group, and a lane."""
    tally = Tally()
    for value in (40, 180, 7_000):
        tally.observe(Measure.ARTICLE_MS, value, "live")
    tally.observe(Measure.STEP_US, 1_500, "live", "extract", "entities")
    tally.observe(Measure.BATCH_ARTICLES, 32, "live")
    tally.observe(Measure.BROKER_US, 700, "settle")
    counted = {
        name(Measure.ARTICLES, "live", "record", ""): 5,
        name(Measure.ARTICLES, "live", "rejection", "timed_out"): 2,
        name(Measure.FAILED, "live", "timed_out"): 8,
        name(Measure.GIVEN_BACK, "live"): 1,
        name(Measure.TAKEN_OVER, "live", "running"): 3,
    }
    state = State(
        broker="valkey 9.1.2",
        used_memory_bytes=1_000,
        max_memory_bytes=10_000,
        broker_findings=[],
        lanes={"live": LaneState(7, 3, 0)},
        queued_batches=2,
        retrying=1,
        records=5,
        dead=2,
        groups={
            "archive": GroupState(4, 1, 1, "alive", 0.5, "alert"),
            'old"\n\\': GroupState(4, 1, 1, "dead", 9_000.0, "alert"),
            "left": GroupState(4, 1, 0, "detached", 9_000.0, "detach"),
        },
        stories=StoriesState(open=2, revisions=9, behind=0),
        counters={"record": 5, "rejection": 2},
        process_cpu_s=1.5,
        processes=[Process(Role.WORKER, "host", 7, 0.1, 0.1), Process(Role.DISPATCHER, "host", 8, 0.1, 0.1)],
        counted=Counted({**counted, **tally.take()}),
    )
    return Look(state, Verdict(Health.WELL), 0.0004)
