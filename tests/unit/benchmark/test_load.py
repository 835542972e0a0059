"""What the stages are given is what the product itself would make of a town."""

from __future__ import annotations

from collections import Counter

import pytest

from models.desk.policy import policy_of
from models.family.judge import SILENT
from models.family.state import FamilyState
from models.family.view import View
from models.hub.sequence import Sequence
from schemas.events import Moved
from schemas.identifiers import Day
from streams.benchmark.bench import Plan, key_of_benchmarks
from streams.benchmark.load import (
    Intake,
    Keyed,
    Rates,
    found_town,
    multiply_rows,
    settle_more_towns,
    tell_families,
    write_messages,
)
from streams.codecs import read_family_record as _read
from streams.engine.header import unpack
from streams.families.step import read_row
from streams.hub import parse_hub
from streams.intake.accept import Accepted, Door, PartnerRecord
from streams.process import read_pack
from streams.simulator.arrivals import Record
from streams.simulator.town import SMALL, Town


@pytest.fixture(scope="module")
def messages() -> list[Record]:
    return write_messages(SMALL)


@pytest.fixture(scope="module")
def events(messages: list[Record]) -> list[Keyed]:
    return list(Intake(SMALL.hub(), key_of_benchmarks()).take(messages, _nobody_watches))


def test_families_told_the_load_know_what_a_whole_hub_told_in_sequence_knows(
    messages: list[Record], events: list[Keyed]
) -> None:
    rows = tell_families(events, read_pack())
    in_sequence = _sequence(messages).families
    moves = [(key, told.event) for key, value in events if isinstance((told := _read(value)).event, Moved)]
    moved = {key for key, _ in moves} | {moved.family.encode() for _, moved in moves}  # their stories went along
    stayed = {key: read_row(row) for key, row in rows.items() if key not in moved}
    assert len(stayed) > 10
    assert all(_live(state) == _live(in_sequence[state.family]) for state in stayed.values())


def test_another_town_has_other_families_and_as_many_events(events: list[Keyed]) -> None:
    twice = settle_more_towns(events, len(events) + 1)
    assert len(twice) == 2 * len(events)
    assert len({key for key, _ in twice}) == 2 * len({key for key, _ in events})


def test_a_child_of_another_town_moves_within_it(events: list[Keyed]) -> None:
    twice = settle_more_towns(events, len(events) + 1)
    moves = [(key, told.event) for key, value in twice[1::2] if isinstance((told := _read(value)).event, Moved)]
    assert moves
    assert all(moved.family.endswith("-1") and key.endswith(b"-1") for key, moved in moves)


def test_multiplied_families_are_as_large_as_real_ones_and_have_ids_of_their_own(events: list[Keyed]) -> None:
    rows = tell_families(events, read_pack())
    copies = dict(multiply_rows(rows, 3 * len(rows)))
    assert len(copies) == 3 * len(rows)
    assert {read_row(row).family.encode() for row in copies.values()} == copies.keys()
    assert all(unpack(row).guard == 0 for row in copies.values())
    mean, mean_of_copies = (sum(map(len, some.values())) / len(some) for some in (rows, copies))
    assert abs(mean - mean_of_copies) < 0.2 * mean


def test_every_message_that_passes_the_door_is_counted(messages: list[Record]) -> None:
    door = Door(parse_hub(SMALL.hub()), key_of_benchmarks())
    accepted = sum(isinstance(door.accept(_record(message)), Accepted) for message in messages)
    intake = Intake(SMALL.hub(), key_of_benchmarks())
    assert list(intake.take(messages, _nobody_watches))
    assert intake.statements == accepted


def test_a_plan_measures_what_it_was_asked_for() -> None:
    assert Plan(only=("latency",)).wants("restart", "latency")
    assert not Plan(only=("latency",)).wants("core")


def _nobody_watches(by: int) -> None:
    del by


def _sequence(messages: list[Record]) -> Sequence:
    hub = parse_hub(SMALL.hub())
    door = Door(hub, key_of_benchmarks())
    sequence = Sequence(policy_of(hub), read_pack(), SILENT)
    for message in messages:
        told = door.accept(_record(message))
        if isinstance(told, Accepted):
            sequence.hear(told.statement)
    return sequence


def _live(state: FamilyState) -> list[object]:
    """What holds of each child, without versions and tombstones."""
    view = View(state)
    return [
        (child, sorted(key for key, _ in view.facts(child)), view.sessions(child, Day(0), Day(999_999)))
        for child in view.children
    ]


def _record(message: Record) -> PartnerRecord:
    return PartnerRecord(message.topic, 0, 0, message.timestamp_ms or 0, message.key, message.value, message.headers)


def test_an_authority_has_the_schools_of_a_town_and_far_fewer_concerns() -> None:
    town, authority = (count_kinds(found_town(9_000, rates)) for rates in RATES)
    assert authority["school-absence"] == pytest.approx(town["school-absence"], rel=0.1)
    assert 0 < authority["police-notification"] * 4 < town["police-notification"]
    assert 0 < authority["referral"] * 3 < town["referral"]


RATES: tuple[Rates, ...] = ("town", "authority")


def count_kinds(town: Town) -> Counter[str]:
    return Counter(message.topic.split(".")[3] for message in write_messages(town))
