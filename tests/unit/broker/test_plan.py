"""Plans: both ways of carrying one out give it the same answers and the same errors."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from khabar.broker.plan import Pause, Plan, carry_out, carry_out_async


def blocking(plan: Plan[Any], client: Any) -> Any:
    return carry_out(plan, client)


def asynchronous(plan: Plan[Any], client: Any) -> Any:
    return asyncio.run(carry_out_async(plan, client))


Carrier = Callable[[Plan[Any], Any], Any]
both = pytest.mark.parametrize("carrier", [blocking, asynchronous])


@both
def test_a_plan_gets_the_answers_and_gives_its_result(carrier: Carrier) -> None:
    """What a step returns stands where it was yielded."""

    def plan() -> Plan[list[int]]:
        first = yield lambda client: client + 1
        yield Pause(0)
        second = yield lambda client: client + 2
        return [first, second]

    assert carrier(plan(), 10) == [11, 12]


@both
@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_an_error_is_raised_inside_the_plan(carrier: Carrier, kind: type[BaseException]) -> None:
    """It decides whether to go on; at Ctrl-C it only notes that an answer may be lost."""
    noted: list[str] = []

    def fail(_: Any) -> None:
        raise kind

    def plan() -> Plan[str]:
        try:
            yield fail
        except BaseException as error:
            noted.append(type(error).__name__)
            if isinstance(error, KeyboardInterrupt):
                raise
        return (yield lambda _: "went on")

    if kind is ValueError:
        assert carrier(plan(), None) == "went on"
    else:
        with pytest.raises(KeyboardInterrupt):
            carrier(plan(), None)
    assert noted == [kind.__name__]


def test_a_cancellation_that_a_step_swallows_counts_all_the_same() -> None:
    """asyncio.wait_for of Python 3.11 does so when its task ends in that moment; a loop would never end."""
    steps: list[str] = []

    async def swallow(_: Any) -> None:
        steps.append("begun")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            steps.append("swallowed")

    def plan() -> Plan[None]:
        yield swallow
        steps.append("went on")

    async def main() -> None:
        task = asyncio.create_task(carry_out_async(plan(), None))
        while not steps:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert steps == ["begun", "swallowed"]
