"""`/live`, `/ready` and `/startup` tell the truth, from before Faust starts until the end."""

import asyncio
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from streams.health import COMMIT_SECONDS, LIVE_SECONDS, HealthServer, Readiness, Reason, keep_beating
from streams.settings import SettingsError


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def a_ready_worker(clock: Clock) -> Readiness:
    readiness = Readiness(clock=clock)
    readiness.beat()
    readiness.rebalance_started()
    readiness.partitions_assigned(4)
    readiness.worker_ready(4)
    return readiness


def test_a_start_is_told_step_by_step(clock: Clock) -> None:
    readiness = Readiness(reads_links=True, clock=clock)
    told = [readiness.ready()]
    steps: tuple[Callable[[], None], ...] = (
        lambda: readiness.broker_answers(answers=False),
        lambda: readiness.broker_answers(answers=True),
        readiness.rebalance_started,
        readiness.links_read,
        lambda: readiness.partitions_assigned(4),
        lambda: readiness.worker_ready(4),
        readiness.rebalance_started,
        lambda: readiness.worker_ready(4),
        readiness.ending,
    )
    for step in steps:
        step()
        told.append(readiness.ready())
    assert told == [
        Reason.STARTING,
        Reason.BROKER_AWAY,
        Reason.STARTING,
        Reason.LINKS_NOT_READ,
        Reason.REBALANCING,
        Reason.RECOVERING,
        Reason.OK,
        Reason.REBALANCING,
        Reason.OK,
        Reason.ENDING,
    ]


def test_families_are_not_ready_before_they_read_which_model_is_in_force(clock: Clock) -> None:
    readiness = Readiness(reads_models=True, clock=clock)
    readiness.worker_ready(4)
    assert readiness.ready() is Reason.MODELS_NOT_READ
    readiness.models_read()
    assert readiness.ready() is Reason.OK


def test_started_once_is_started(clock: Clock) -> None:
    readiness = Readiness(clock=clock)
    assert readiness.startup() is Reason.STARTING
    readiness.worker_ready(4)
    readiness.rebalance_started()
    assert readiness.startup() is Reason.OK


def test_a_worker_without_partitions_is_not_ready_unless_it_stands_by(clock: Clock) -> None:
    for may_stand_by, told in ((False, Reason.NOT_ASSIGNED), (True, Reason.STANDBY)):
        readiness = Readiness(may_stand_by=may_stand_by, clock=clock)
        readiness.worker_ready(0)
        assert readiness.ready() is told


def test_a_commit_is_overdue_only_while_records_wait(clock: Clock) -> None:
    readiness = a_ready_worker(clock)

    clock.now += 10 * COMMIT_SECONDS
    readiness.beat()
    assert readiness.ready() is Reason.OK, "an idle worker commits nothing"

    readiness.lag_measured(7)
    assert readiness.ready() is Reason.OK
    clock.now += COMMIT_SECONDS + 1
    readiness.beat()
    assert readiness.ready() is Reason.COMMIT_OVERDUE

    readiness.committed()
    assert readiness.ready() is Reason.OK
    clock.now += COMMIT_SECONDS + 1
    readiness.beat()
    readiness.lag_measured(0)
    assert readiness.ready() is Reason.OK


def test_a_loop_that_no_longer_turns_is_neither_alive_nor_ready(clock: Clock) -> None:
    readiness = a_ready_worker(clock)
    clock.now += LIVE_SECONDS + 0.1
    assert readiness.live() is Reason.LOOP_STUCK
    assert readiness.ready() is Reason.LOOP_STUCK
    readiness.beat()
    assert readiness.ready() is Reason.OK


def test_before_the_loop_turns_the_first_time_the_process_lives(clock: Clock) -> None:
    readiness = Readiness(clock=clock)
    clock.now += 10 * LIVE_SECONDS
    assert readiness.live() is Reason.OK


@pytest.fixture
def readiness(clock: Clock) -> Readiness:
    return Readiness(clock=clock)


@pytest.fixture
def server(readiness: Readiness) -> Iterator[HealthServer]:
    with HealthServer(readiness, lambda: b"# none\n") as running:
        yield running


def ask(server: HealthServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def test_it_answers_before_anything_else_has_started(server: HealthServer) -> None:
    assert ask(server, "/live") == (200, "ok")
    assert ask(server, "/ready") == (503, "starting")
    assert ask(server, "/startup") == (503, "starting")
    assert ask(server, "/metrics") == (200, "# none\n")


def test_it_answers_while_the_event_loop_of_the_process_is_stuck(
    server: HealthServer, readiness: Readiness, clock: Clock
) -> None:
    async def get_stuck() -> tuple[int, str]:
        readiness.worker_ready(4)
        readiness.beat()
        clock.now += LIVE_SECONDS + 1
        return ask(server, "/live")  # blocks this loop: only another thread can answer

    assert asyncio.run(get_stuck()) == (503, "loop_stuck")


def test_a_standby_is_healthy_and_says_so(clock: Clock) -> None:
    readiness = Readiness(may_stand_by=True, clock=clock)
    readiness.worker_ready(0)
    with HealthServer(readiness, lambda: b"") as server:
        assert ask(server, "/ready") == (200, "standby")


@pytest.mark.parametrize("path", ["/", "/table/families/k1/", "/graph", "/live/x"])
def test_nothing_else_is_served(server: HealthServer, path: str) -> None:
    assert ask(server, path)[0] == 404


def test_a_taken_port_is_refused_in_one_sentence(readiness: Readiness) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=r"EARLYWORD_METRICS_PORT .*\.$"):
            HealthServer(readiness, lambda: b"", port=port).start()


def test_a_closed_server_answers_no_more(readiness: Readiness) -> None:
    server = HealthServer(readiness, lambda: b"").start()
    server.close()
    server.close()
    with pytest.raises(urllib.error.URLError):
        ask(server, "/live")


async def test_each_turn_of_the_loop_is_told_with_how_late_it_came() -> None:
    readiness = Readiness()
    late: list[float] = []
    beating = asyncio.create_task(keep_beating(readiness, late.append))
    await soon(lambda: len(late) >= 1)
    time.sleep(0.7)  # what this test is about: the loop stands still
    await soon(lambda: max(late) > 0.1)
    beating.cancel()
    with suppress(asyncio.CancelledError):
        await beating
    assert readiness.live() is Reason.OK


async def soon(happened: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "not within the deadline"
        await asyncio.sleep(0.01)
