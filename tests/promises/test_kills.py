"""The oracle: through the product's own processes, whatever is killed, nothing is lost, doubled or said twice.

Two intake and two families processes, one desk, live load on a real Apache Kafka; then everything that lies on the
broker is compared with a sequential reference (``reference.py``). One-worker tests pass with every defect of stock
Faust inside, so these are never to be skipped (STREAMING section 10). Each compares tampered evidence, too: an oracle
that cannot fail proves nothing.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.hub import Hub
from schemas.identifiers import Moment
from streams.hub import parse_hub
from streams.intake.accept import Door
from streams.intake.pseudonyms import HubKey
from streams.topics import DEAD_LETTERS, DESK_EVENTS, EXAMPLES, FAMILY_EVENTS, PROMPTS, STATEMENTS, partner_topic
from tests.engine.harness import Workers, dice
from tests.promises.load import SOURCES, hub_text, make_load
from tests.promises.reference import Evidence, Findings, compare, compare_facts
from tests.promises.running import KEY, Running, hub_on

EVENTS = 6_000
CHILDREN = 250
RATE = 1_000
SESSION_SECONDS = 10

Fault = Callable[[Workers, random.Random], None]
TEAM = ("intake", "families")


def kill_three_in_turn(workers: Workers, rng: random.Random) -> None:
    """kill2: three kill -9, of one half of the workers and the other, at random points."""
    for slot in ("0", "1", "0"):
        workers.run_for(rng.uniform(1.5, 3.5))
        for process in TEAM:
            workers.kill(f"{process}-{slot}")
        workers.run_for(0.7)
        workers.start(*(f"{process}-{slot}" for process in TEAM))


def come_and_go(workers: Workers, rng: random.Random) -> None:
    """One joins mid-way, one is asked to stop and comes back, the desk is killed."""
    workers.run_for(rng.uniform(1.0, 2.0))
    workers.start("intake-1", "families-1")
    workers.run_for(rng.uniform(2.0, 3.0))
    assert workers.terminate("families-0") == [0]
    workers.kill("desk-0")
    workers.run_for(0.7)
    workers.start("desk-0", "families-0")


def freeze_past_the_session(workers: Workers, rng: random.Random) -> None:
    """Half of the workers sleep longer than their session, and wake to find their partitions gone."""
    workers.run_for(rng.uniform(1.5, 3.0))
    for process in TEAM:
        workers.pause(f"{process}-0")
    workers.run_for(SESSION_SECONDS * 1.8)
    for process in TEAM:
        workers.resume(f"{process}-0")


@pytest.mark.broker
@pytest.mark.oracle
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("members", "fault", "begin_with"),
    [
        ("static", kill_three_in_turn, 2),
        ("dynamic", kill_three_in_turn, 2),
        ("static", freeze_past_the_session, 2),
        ("dynamic", come_and_go, 1),
    ],
    ids=["kill2-static", "kill2-dynamic", "freeze", "join-term"],
)
def test_nothing_is_lost_doubled_or_said_twice(
    tmp_path: Path, kafka_of_its_own: str, members: str, fault: Fault, begin_with: int
) -> None:
    rng = dice()
    load = make_load(rng.randrange(10**6), CHILDREN, EVENTS)
    with hub_on(kafka_of_its_own, tmp_path, hub_text(), SOURCES) as running:
        names = [f"{process}-{slot}" for process in TEAM for slot in "01"] + ["desk-0"]
        commands = {
            name: running.command(name.partition("-")[0], name if members == "static" else None) for name in names
        }
        with Workers(tmp_path, commands) as workers:
            first = [name for name in names if int(name[-1]) < begin_with]
            workers.start(*first)
            workers.await_that(lambda: all(is_ready(workers, name) for name in first), 90, "all are ready")
            sending = threading.Thread(target=running.publish, args=(load, RATE))
            sending.start()
            fault(workers, rng)
            workers.await_that(lambda: not sending.is_alive(), 120, "all is sent")
            running.drain(workers, within=180)
            for _ in range(2):  # a family told in the batch of a tick is due at the next one
                running.tell_the_time(Moment((load[-1].timestamp_ms or 0) * 1000))
                running.drain(workers)
            workers.stop_all()
        evidence = collect(running)
    hub, door = parse_hub(hub_text()), Door(parse_hub(hub_text()), HubKey(KEY.encode()))
    findings = compare(evidence, hub, door)
    print(f"{members} {fault.__name__}: exits {workers.exits}, harmless repeats {findings.repeats}")
    assert findings.wrong == []
    assert len(evidence.prompts) > CHILDREN / 10
    if (members, fault) == ("static", kill_three_in_turn):
        assert_that_the_oracle_can_fail(evidence, hub, door)


def is_ready(workers: Workers, name: str) -> bool:
    """Whether a worker has said so: a fault in a process that still imports its libraries tests nothing."""
    return '"worker_ready"' in workers.output(name)


def collect(running: Running) -> Evidence:
    """Everything that lies on the broker."""
    partners = [record for agency, kind in SOURCES for record in running.read(partner_topic(agency, kind))]
    return Evidence(
        partners=partners,
        statements=running.read(STATEMENTS),
        dead_letters=running.read(DEAD_LETTERS),
        family_events=running.read(FAMILY_EVENTS),
        desk_events=running.read(DESK_EVENTS),
        prompts=running.read(PROMPTS),
        examples=running.read(EXAMPLES),
        states=running.stories(),
    )


def assert_that_the_oracle_can_fail(evidence: Evidence, hub: Hub, door: Door) -> None:
    """One record less anywhere, or one story that is older, and the comparison says so."""
    told = next(n for n, record in enumerate(evidence.family_events) if not record.key.startswith(b"__tick"))
    someone = next(family for family, state in evidence.states.items() if state.strands)
    tampered = {
        "a lost statement": replace(evidence, statements=_without_every_origin(evidence.statements)),
        "a lost family event": replace(evidence, family_events=_without(evidence.family_events, told)),
        "a lost candidate": replace(evidence, desk_events=_without_every_origin(evidence.desk_events)),
        "a lost prompt": replace(evidence, prompts=_without_every_origin(evidence.prompts)),
        "a lost dead letter": replace(evidence, dead_letters=_without_every_origin(evidence.dead_letters)),
        "lost counts": replace(evidence, examples=_without_the_last_counts(evidence.examples)),
        "a lost story": replace(evidence, states={f: s for f, s in evidence.states.items() if f != someone}),
    }
    for what, changed in tampered.items():
        assert compare(changed, hub, door, whole=False).wrong, f"{what} went unnoticed"
    findings = Findings()
    compare_facts(tampered["a lost story"], hub, door, findings)
    assert findings.wrong, "a lost story went unnoticed where facts are compared"


def _without(records: list[object], index: int) -> list[object]:
    return records[:index] + records[index + 1 :]


def _without_every_origin(records: list[object]) -> list[object]:
    """The records without the last one that is no tick, and its repeats."""
    last = next(r.value for r in reversed(records) if not (r.key or b"").startswith(b"__tick"))  # type: ignore[attr-defined]
    return [record for record in records if record.value != last]  # type: ignore[attr-defined]


def _without_the_last_counts(records: list[object]) -> list[object]:
    """The records for the learner without the last that counts feeds, and its repeats."""
    last = next(r.value for r in reversed(records) if r.key.startswith(b"feeds/"))  # type: ignore[attr-defined]
    return [record for record in records if record.value != last]  # type: ignore[attr-defined]
