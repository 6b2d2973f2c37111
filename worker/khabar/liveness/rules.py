"""Rules for down, stuck and stalled. Pure functions: ages in, a reason in one sentence out.

One setting sets the limits of all rules, KHABAR_STALL_S (60 s). A worker is stuck after so long without progress in any article.
A process is stuck after half this time without a sign of life, a broker after a third without an answer. Healthy ones need far
less time.
A running article counts as progress, and stops for at most `Settings.longest_wait_s`. A sign of life comes every 1 or 2 s. A
broker's own pauses last a second. The first sign of life may take longer, `first_sign_s`, because a restart would only begin a
slow start again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from khabar.liveness.processes import Process, Role, queue_busy_s, reading_stopped

# Stalls until the first sign of life. A worker starts in 1 to 7 s, and in minutes where ten others want its core.
FIRST_SIGN_STALLS: Final = 5


class Health(StrEnum):
    """The answer to a health check."""

    WELL = "well"
    DOWN = "down"  # nobody is there to do it
    STALLED = "stalled"  # somebody is there, but nothing makes progress


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it is, and why in one sentence; no reason where it is well."""

    health: Health
    reason: str = ""


def first_sign_s(stall_s: float) -> float:
    """Return how long a process may take from its start to its first sign of life."""
    return FIRST_SIGN_STALLS * stall_s


def silence(process: Process | None, *, watched_s: float, stall_s: float, is_starting: bool) -> str | None:
    """Say that a process is stuck because it shows no life, or None.

    Args:
        process: its signs; None where it never left any.
        watched_s: for how long it has been running and the broker has taken signs of life; silence before that proves nothing.
        is_starting: whether it has left no sign since its start.
    """
    silent_s = min(process.silent_s if process else watched_s, watched_s)
    if silent_s <= (first_sign_s(stall_s) if is_starting else stall_s / 2):
        return None
    return f"has shown no life for {silent_s:.0f} s although the broker answers"


def standstill(process: Process | None, busy_s: float | None, *, watched_s: float, stall_s: float) -> str | None:
    """Say that a worker is stuck because it finishes nothing while batches wait, or None.

    Args:
        busy_s: for how long every look at the queue has found batches; None where the last found none.
    """
    if process is None or busy_s is None:
        return None
    idle_s = min(process.unmoved_s, busy_s, watched_s)
    if idle_s <= stall_s:
        return None
    return f"has finished no batch for {idle_s:.0f} s although batches wait"


def muteness(unanswered_s: float, *, stall_s: float) -> str | None:
    """Say that a broker is stuck because it answers nothing although its process lives, or None."""
    if unanswered_s <= stall_s / 3:
        return None
    return f"has answered nothing for {unanswered_s:.0f} s although its process lives"


def judge(
    processes: Sequence[Process], *, stall_s: float, role: Role | None = None, host: str | None = None
) -> Verdict:
    """Say whether articles can pass and do.

    Args:
        role: judge only the processes of this role; None for the whole service.
        host: judge only the processes of this host; None for all.
    """
    asked = [process for process in processes if host in (None, process.host)]
    where = f" on {host}" if host else ""
    for wanted in (Role.DISPATCHER, Role.WORKER) if role is None else (role,):
        if not any(process.role is wanted and process.is_alive for process in asked):
            return Verdict(Health.DOWN, f"no {wanted} is at work{where}: nothing moves until one runs (`khabar up`)")
    if role in (None, Role.WORKER):
        workers = [process for process in asked if process.role is Role.WORKER and process.is_alive]
        busy_s = queue_busy_s(processes)
        moved_s = min(process.unmoved_s for process in workers)
        if busy_s is not None and min(moved_s, busy_s) > stall_s:
            reason = f"batches have waited for {busy_s:.0f} s and no worker{where} has finished one for {moved_s:.0f} s"
            return Verdict(Health.STALLED, reason)
    # No illness of any one process: a container that is replaced for it would not be better.
    if role is None and (why := reading_stopped(processes)):
        return Verdict(Health.STALLED, f"reading has stopped: {why}")
    return Verdict(Health.WELL)
