"""Publish outcomes: one atomic server-side script an article, a batch of them in one round trip."""

from collections.abc import Mapping, Sequence
from functools import partial

from redis import Redis

from khabar.broker.replies import text
from khabar.broker.scripts import load_script, with_scripts
from khabar.counting import BOUNDS, LATENCY_FIRST_MS, LATENCY_STEPS, Measure, name
from khabar.keys.done import Generation, done_field, done_keys
from khabar.keys.known import known_key
from khabar.keys.names import EVENT_FIELD, GROUP, Names
from khabar.keys.unreadable import skip
from khabar.results.outcome import Outcome, OutcomeName

PROCESS_CPU_S = "process_cpu_s"  # in the counters: CPU spent on articles, as against on their delivery
NOTHING: Mapping[str, int] = {}
LATENCY_BUCKETS = LATENCY_FIRST_MS, LATENCY_STEPS, len(BOUNDS[Measure.ARTICLE_MS])
GENERATION = "generation "  # settle.lua: which one it is by the broker's clock


class ResultPublisher:
    """Ends ledger entries. Sending the same outcome twice, even after a cut connection, publishes it once."""

    def __init__(self, client: "Redis", names: Names, *, done_generation_s: int) -> None:
        self._client = client
        self._names = names
        self._generation = Generation(done_generation_s)
        self._settle = load_script(client, __package__, "settle")
        self._count = load_script(client, __package__, "count")

    def publish(
        self, outcomes: Sequence[Outcome], *, process_cpu_s: float = 0.0, counts: Mapping[str, int] = NOTHING
    ) -> list[str]:
        """Publish each outcome, remember it, count it and acknowledge its ledger entry.

        Args:
            process_cpu_s: seconds of CPU that making these outcomes took; summed up for `khabar status`.
            counts: other counters (khabar/counting.py). A cut connection may count them twice, but never an outcome.

        Returns:
            One word for each outcome, in their order: "record", "rejection", "duplicate" (this version of the article,
            or a better one, is already published) or "settled" (another worker has ended this entry).

        Raises:
            redis.RedisError: the broker refused, or was unreachable for the client's whole outage time; entries that it did not
                settle stay in the ledger.
        """
        replies = with_scripts(lambda: self._publish(outcomes, process_cpu_s, counts))
        # With the wrong generation's keys nothing was done: at a process's first call, or where the generation has just turned.
        while again := [number for number, reply in enumerate(replies) if reply.startswith(GENERATION)]:
            self._generation.correct(int(replies[again[-1]].removeprefix(GENERATION)))
            corrected = with_scripts(partial(self._publish, [outcomes[number] for number in again], 0.0, NOTHING))
            for number, reply in zip(again, corrected, strict=True):
                replies[number] = reply
        return replies

    def _publish(self, outcomes: Sequence[Outcome], process_cpu_s: float, counts: Mapping[str, int]) -> list[str]:
        generation, length_s = self._generation.number, self._generation.length_s

        def keys(outcome_id: str) -> tuple[str, ...]:
            known = known_key(self._names, done_field(outcome_id))
            return *done_keys(self._names, outcome_id, generation=generation), known

        pipe = self._client.pipeline(transaction=False)
        for outcome in outcomes:
            self._settle(
                keys=[
                    self._names.ledger(outcome.lane),
                    self._names.records if outcome.name is OutcomeName.RECORD else self._names.dead,
                    *keys(outcome.id),
                    self._names.counters,
                    self._names.failures,
                    *(keys(outcome.better) if outcome.better else ()),
                ],
                args=[
                    GROUP,
                    outcome.entry,
                    done_field(outcome.id),
                    outcome.name,
                    EVENT_FIELD,
                    outcome.event,
                    length_s,
                    f"{outcome.lane} {outcome.entry}",
                    done_field(outcome.better) if outcome.better else b"",
                    generation,
                    name(Measure.ARTICLES, outcome.lane, ""),
                    outcome.code,
                    name(Measure.ARTICLE_MS, outcome.lane, ""),
                    *LATENCY_BUCKETS,
                ],
                client=pipe,
            )
        fields = [part for field, count in counts.items() for part in (field, count)]
        self._count(keys=[self._names.counters], args=[PROCESS_CPU_S, process_cpu_s, *fields], client=pipe)
        *settled, uncounted = pipe.execute()
        if uncounted:
            skip(self._names.counters, "it is no number, or in no hash")
        return [text(reply) for reply in settled]
