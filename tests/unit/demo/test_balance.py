"""The balance: exact over a town with all its faults; and any record lost, doubled or misplaced is noticed."""

from collections import defaultdict
from functools import cache
from typing import Any

import pytest
from faust.types import TP
from msgspec import Struct
from msgspec.structs import replace

from models.intake.links import LinkMap
from models.intake.listening import Verdict
from schemas.wire.dead_letter_v1 import Reason
from streams.demo.balance import Letters, Listener, draw_up, find_faults
from streams.engine.batch import Batch
from streams.engine.outputs import Output
from streams.hub import parse_hub
from streams.intake.accept import Door
from streams.intake.door import answer
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.intake.statements import step
from streams.setting_aside import set_aside, set_aside_statement
from streams.simulator.arrivals import to_record
from streams.simulator.town import SMALL, arrivals, balance
from streams.topics import DEAD_LETTERS, STATEMENTS


class Record(Struct, frozen=True):
    """A record on a topic, as a consumer gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class Rows(dict[bytes, bytes]):
    """A table without a broker."""

    def due(self, partition: int, until: int) -> list[bytes]:
        del partition, until
        return []


@cache
def a_town() -> tuple[int, tuple[Output, ...], tuple[Output, ...], dict[str, object]]:
    """A small town through the real steps of intake: published, statements, dead letters, the town's own ledger."""
    hub, arrived = parse_hub(SMALL.hub()), arrivals(SMALL)
    door, partner_topics = Door(hub, PUBLISHED_KEY), defaultdict[str, list[Record]](list)
    for arrival in arrived:
        record = to_record(arrival)
        log = partner_topics[record.topic]
        stamp = record.timestamp_ms or 0
        log.append(Record(record.topic, 0, len(log), stamp, record.key, record.value, record.headers))
    outputs = [out for name, log in partner_topics.items() for out in answer(door, Batch(TP(name, 0), log)).outputs]
    statements = tuple(out for out in outputs if out.topic == STATEMENTS)
    log = [Record(STATEMENTS, 0, place, 0, out.key, out.value, ()) for place, out in enumerate(statements)]
    after = step(Rows(), Batch(TP(STATEMENTS, 0), log), LinkMap(), set_aside_statement, _refuse_bugs).outputs
    letters = tuple(out for out in (*outputs, *after) if out.topic == DEAD_LETTERS)
    return len(arrived), statements, letters, balance(arrived, "broker")


def _refuse_bugs(record: Any) -> Any:
    raise AssertionError("intake met a fault of its own")


def read(statements: tuple[Output, ...], letters: tuple[Output, ...]) -> tuple[Listener, Letters]:
    listener, read_letters = Listener(), Letters()
    for out in statements:
        listener.take(out.key, out.value)
    for out in letters:
        read_letters.take(out.key, out.value, out.headers)
    return listener, read_letters


def faults_of(statements: tuple[Output, ...], letters: tuple[Output, ...], published: int | None = None) -> str:
    truly, _, _, ledger = a_town()
    listener, read_letters = read(statements, letters)
    drawn = draw_up(truly if published is None else published, listener, read_letters)
    return " ".join(find_faults(drawn, listener, read_letters, ledger))


def test_every_record_of_a_town_is_accepted_a_duplicate_or_set_aside_and_its_ledger_agrees() -> None:
    published, statements, letters, ledger = a_town()
    listener, read_letters = read(statements, letters)
    drawn = draw_up(published, listener, read_letters)
    assert drawn.holds
    assert drawn.duplicates > 0
    assert len(drawn.set_aside) > 5
    assert find_faults(drawn, listener, read_letters, ledger) == ()
    assert str(drawn).startswith(f"{published:,} published = {drawn.accepted:,} accepted + ")


def test_a_lost_statement_is_noticed() -> None:
    _, statements, letters, _ = a_town()
    assert "are accounted for" in faults_of(statements[1:], letters)


def test_a_lost_letter_is_noticed() -> None:
    _, statements, letters, _ = a_town()
    assert "are accounted for" in faults_of(statements, letters[1:])


def test_a_record_that_was_never_published_is_noticed() -> None:
    published, statements, letters, _ = a_town()
    assert "are accounted for" in faults_of(statements, letters, published - 1)


def test_what_a_crash_wrote_twice_counts_once() -> None:
    _, statements, letters, _ = a_town()
    assert faults_of(statements + statements[:50], letters + letters[:5]) == ""


def test_a_record_both_passed_on_and_set_aside_is_noticed() -> None:
    _, statements, letters, _ = a_town()
    listener, _ = read(statements, letters)
    accepted = next(place for place, verdict in listener.verdicts.items() if verdict is Verdict.ACCEPTED)
    _, read_letters = read((), letters)
    read_letters.reasons[accepted] = Reason.SCHEMA
    ledger = a_town()[3]
    faults = find_faults(draw_up(a_town()[0], listener, read_letters), listener, read_letters, ledger)
    assert any("both passed on and set aside" in fault for fault in faults)


def test_a_record_of_our_own_that_could_not_be_used_is_noticed() -> None:
    _, statements, letters, _ = a_town()
    ours = Record("earlyword.family-events.v1", 3, 7, 0, b"k1:x", b"?", ())
    letter = set_aside(ours, (), Reason.HANDLER_BUG).output()
    assert "earlyword.family-events.v1, which is our own, could not be used" in faults_of(
        statements, (*letters, letter)
    )


def test_an_answer_other_than_the_towns_own_is_noticed() -> None:
    published, statements, letters, ledger = a_town()
    listener, read_letters = read(statements, letters)
    drawn = draw_up(published, listener, read_letters)
    other = replace(drawn, accepted=drawn.accepted - 1, duplicates=drawn.duplicates + 1)
    faults = find_faults(other, listener, read_letters, ledger)
    assert len(faults) == 2
    assert "the town's own ledger says" in faults[0]


@pytest.mark.parametrize("key", [b"__tick", None])
def test_the_passing_of_time_is_no_partners_record(key: bytes | None) -> None:
    listener = Listener()
    assert listener.take(key, b"\x92\xc0\xc0") is None
    assert listener.verdicts == {}
