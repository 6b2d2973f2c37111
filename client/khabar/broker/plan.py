"""Plans: what is asked of the broker and when to pause, written once for callers that block and for callers that await.

A plan is a generator. It yields a step and gets the answer back, or the error raised where it stands.
It does no I/O itself, so ArticlePublisher and AsyncArticlePublisher, RecordStream and AsyncRecordStream share every decision.

    def length(key: str) -> Plan[int]:
        return (yield lambda client: client.xlen(key))

    carry_out(length("khabar:records"), redis.Redis())
    await carry_out_async(length("khabar:records"), redis.asyncio.Redis())
"""

import asyncio
import inspect
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

T = TypeVar("T")

# Given the client, blocking or asynchronous, asks one thing; both kinds of redis-py's clients have the same methods.
Step: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Pause:
    """A step that asks nothing."""

    seconds: float


Plan: TypeAlias = Generator[Step | Pause, Any, T]


def carry_out(plan: Plan[T], client: Any) -> T:
    """Take the steps of a plan with a client that blocks, and return its result.

    Raises:
        Exception: whatever a step raised and the plan did not handle.
    """
    answer: Any = None
    error: BaseException | None = None
    while True:
        try:
            step = plan.throw(error) if error else plan.send(answer)
        except StopIteration as end:
            return cast(T, end.value)
        answer = error = None
        try:
            if isinstance(step, Pause):
                time.sleep(step.seconds)
            else:
                answer = step(client)
        except BaseException as raised:  # Ctrl-C as well: the plan must know that an answer may be lost
            error = raised


async def carry_out_async(plan: Plan[T], client: Any) -> T:
    """Take the steps of a plan with an asynchronous client, and return its result.

    Raises:
        Exception: whatever a step raised and the plan did not handle.
    """
    answer: Any = None
    error: BaseException | None = None
    task = cast("asyncio.Task[Any]", asyncio.current_task())
    cancelled_before = task.cancelling()
    while True:
        try:
            step = plan.throw(error) if error else plan.send(answer)
        except StopIteration as end:
            return cast(T, end.value)
        answer = error = None
        try:
            if isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
            else:
                answer = step(client)
                if inspect.isawaitable(answer):
                    answer = await answer
            # redis-py sends inside asyncio.wait_for, which swallows a cancellation in Python 3.11 if sending ends that moment.
            if task.cancelling() > cancelled_before:
                raise asyncio.CancelledError
        except BaseException as raised:  # a cancellation as well
            error = raised
