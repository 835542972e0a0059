"""A worker signs in with SCRAM over TLS, lives with five rights, and ends with a reason when one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kafka.admin import ACL, ACLOperation, ResourceType

from streams.engine import Scram
from tests.engine.bench import Bench
from tests.engine.oracle import event
from tests.engine.secured import ADMIN, PASSWORDS, WORKER, allow, options, secured_kafka
from tests.engine.wire import Wire

pytestmark = [pytest.mark.broker, pytest.mark.timeout(150)]

EVENTS = 500


def an_event(i: int) -> tuple[bytes, bytes]:
    """Few families, so that each has prompts to send."""
    return b"fam%d" % (i % 7), event(i)[1]


@dataclass
class Secured:
    """A broker of its own, seen by its administrator."""

    wire: Wire
    folder: Path

    def group(self, folder: Path, **more: Any) -> Bench:
        """An example group with events waiting."""
        login = {"user": WORKER, "password": PASSWORDS[WORKER], "ca_file": str(self.folder / "ca.pem")}
        group = Bench(self.wire, folder, partitions=2, ready_seconds=4.0, **(login | more))
        self.wire.publish(group.events, map(an_event, range(EVENTS)))
        self.wire.publish(group.changelog, [(b"__tick/0", b"something to recover")])
        return group


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    with secured_kafka(folder) as kafka:
        wire = Wire(kafka.bootstrap, **options(ADMIN, folder))
        try:
            yield Secured(wire, folder)
        finally:
            wire.close()


def rights(group: Bench) -> dict[str, ACL]:
    """What a worker with one table and one output needs: no more, no less."""
    read, write, topic = ACLOperation.READ, ACLOperation.WRITE, ResourceType.TOPIC
    return {
        "read the group": allow(ResourceType.GROUP, group.group, read),
        "read the input": allow(topic, group.events, read),
        "read the changelog": allow(topic, group.changelog, read),
        "write the changelog": allow(topic, group.changelog, write),
        "write the output": allow(topic, group.prompts, write),
    }


def test_a_worker_with_five_rights_does_its_work(secured: Secured, tmp_path: Path) -> None:
    group = secured.group(tmp_path)
    secured.wire.grant(rights(group).values())
    with group.workers("w1") as workers:
        workers.start("w1")
        group.drain(workers)
        assert group.stop(workers) == [0]
    assert group.verdict(EVENTS, record=an_event).is_kept


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("read the group", "not_ready_in_time"),
        ("read the input", "topic_missing"),
        ("read the changelog", "fetch_failed"),
        ("write the changelog", "not_stored"),
        ("write the output", "not_stored"),
    ],
)
def test_a_worker_without_one_of_its_rights_ends_and_says_why(
    secured: Secured, tmp_path: Path, missing: str, reason: str
) -> None:
    group = secured.group(tmp_path)
    secured.wire.grant(right for name, right in rights(group).items() if name != missing)
    with group.workers("w1") as workers:
        workers.start("w1")
        assert workers.await_end("w1", 40) == 70
        assert f"worker_ended reason={reason}" in workers.output("w1")
    assert group.wire.committed(group.group, group.events) == {}


def test_a_worker_with_a_wrong_password_waits_and_says_so(secured: Secured, tmp_path: Path) -> None:
    group = secured.group(tmp_path, password="not the word")  # noqa: S106
    with group.workers("w1") as workers:
        workers.start("w1")
        workers.await_that(
            lambda: any(note["event"] == "BrokerAwaited" for note in group.notes("w1")), 25, "it says that it waits"
        )
        assert workers.stop_all() == [0]
        assert "not the word" not in workers.output("w1")


def test_a_password_is_in_no_repr() -> None:
    assert "worker-word" not in repr(Scram(username=WORKER, password=PASSWORDS[WORKER]))
