"""What each test takes of the processor, its processes counted: `make costs`, or `pytest -p tests.costs`.

The suite has a limit of time on two slow cores, which it fills with processor time and not with waiting. A process counts when
the test has waited for its end; one that outlives its parent, as a killed `khabar up` leaves them, does not.
"""

import resource
from collections.abc import Generator

import pytest

from tests import forked

SHOWN = 30
_COST = "processor_s"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add how many are shown."""
    parser.addoption("--costs", type=int, default=SHOWN, help="how many of the dearest tests and files are listed")


def _used_s() -> float:
    each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in each) + forked.Process.used_s


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Mark where a test begins, fixtures of a wider scope included: who comes first pays for them."""
    item.stash[_began] = _used_s()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the cost to the last report of a test, which travels from whichever process ran it."""
    report = yield
    if report.when == "teardown":
        report.user_properties.append((_COST, _used_s() - item.stash[_began]))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """List the dearest tests, and the dearest files."""
    tests: dict[str, float] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            cost = dict(getattr(report, "user_properties", ())).get(_COST)
            if cost is not None:
                tests[report.nodeid] = cost
    files: dict[str, float] = {}
    for name, cost in tests.items():
        path = name.partition("::")[0]
        files[path] = files.get(path, 0.0) + cost
    for title, costs in (("tests", tests), ("files", files)):
        terminalreporter.section(f"dearest {title}, of {sum(costs.values()):,.0f} s of the processor")
        for name, cost in sorted(costs.items(), key=lambda item: -item[1])[: config.getoption("costs")]:
            terminalreporter.line(f"{cost:8.2f} {name}")


_began = pytest.StashKey[float]()
