"""The town keeps the contract, its own ledger, and its word: the same seed, the same bytes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from schemas.check_digits import nhs_number_is_valid, upn_is_valid
from streams.hub import parse_hub
from streams.intake.accept import Door
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.simulator.agencies import KINDS, SCHOOLS
from streams.simulator.arrivals import Arrival, to_line, to_record
from streams.simulator.output import write_ndjson
from streams.simulator.town import SMALL, Town, arrivals, balance, live, tell
from tests.unit.simulator.reading import at_the_door, name_of, on_the_broker, rehearse_arrivals

BUSY = replace(SMALL, seed=5, malformed=0.2)


@cache
def busy() -> list[Arrival]:
    return arrivals(BUSY)


def test_the_same_town_gives_the_same_bytes_and_another_seed_others() -> None:
    def all_bytes(town: Town) -> list[object]:
        return [(to_line(arrival), to_record(arrival)) for arrival in arrivals(town)]

    assert all_bytes(SMALL) == all_bytes(replace(SMALL))
    assert all_bytes(SMALL) != all_bytes(replace(SMALL, seed=2))


def test_messages_come_in_the_order_of_receipt_within_the_days_of_the_town() -> None:
    received = [datetime.fromtimestamp(arrival.received_ms / 1000, UTC).date() for arrival in busy()]
    assert [arrival.received_ms for arrival in busy()] == sorted(arrival.received_ms for arrival in busy())
    assert date(2025, 8, 31) <= min(received)
    assert max(received) < BUSY.end


def test_intake_answers_every_message_as_the_town_says_on_the_broker_and_in_a_file() -> None:
    door = Door(parse_hub(BUSY.hub()), PUBLISHED_KEY)
    answers = [(at_the_door(arrival.fate), name_of(on_the_broker(door, arrival))) for arrival in busy()]
    assert [pair for pair in answers if pair[0] != pair[1]] == []
    in_file = [
        (at_the_door(arrival.fate_in_file), name_of(door.accept_line(to_line(arrival))))
        for arrival in busy()
        if arrival.fate_in_file is not None and arrival.fate_in_file != "NO_AGREEMENT"  # depends on the file's clock
    ]
    assert [pair for pair in in_file if pair[0] != pair[1]] == []


def test_a_rehearsal_of_the_town_draws_up_the_towns_own_balance() -> None:
    drawn = rehearse_arrivals(busy(), parse_hub(BUSY.hub())).balance()
    assert {
        "read": drawn.read,
        "accepted": drawn.accepted,
        "duplicates": drawn.duplicates,
        "expired": drawn.expired,
        "set_aside": drawn.set_aside,
    } == balance(busy(), "file")


@pytest.mark.parametrize("medium", ["broker", "file"])
def test_every_message_has_one_fate(medium: str) -> None:
    drawn = balance(busy(), "file" if medium == "file" else "broker")
    set_aside = drawn["set_aside"]
    assert isinstance(set_aside, dict)
    counted = [arrival for arrival in busy() if medium == "broker" or arrival.fate_in_file is not None]
    assert drawn["read"] == len(counted)
    assert [drawn["read"]] == [sum((drawn["accepted"], drawn["duplicates"], *set_aside.values()))]


def test_a_file_holds_one_message_a_line_and_none_that_it_cannot_hold(tmp_path: Path) -> None:
    path = tmp_path / "town.ndjson"
    lines = write_ndjson(busy(), path)
    written = path.read_bytes().split(b"\n")
    assert written.pop() == b""
    assert len(written) == lines == sum(arrival.fate_in_file is not None for arrival in busy())
    assert all(line.strip() for line in written)


def test_a_duplicate_is_the_same_bytes_on_the_same_partition_after_the_first() -> None:
    firsts: dict[tuple[str, str], Arrival] = {}
    duplicates = 0
    for arrival in busy():
        place = (arrival.agency, arrival.id)
        if arrival.fate == "accepted":
            firsts[place] = arrival
        elif arrival.fate == "duplicate":
            duplicates += 1
            first, again = to_record(firsts[place]), to_record(arrival)
            assert again == replace(first, timestamp_ms=again.timestamp_ms)
    assert duplicates > 5


def test_an_id_is_used_again_for_the_same_thing_with_other_bytes() -> None:
    town = replace(SMALL, families=150, days=120)
    firsts = {(arrival.agency, arrival.id): arrival for arrival in arrivals(town) if arrival.fate == "accepted"}
    reused = [arrival for arrival in arrivals(town) if arrival.fate == "ID_REUSE"]
    assert reused
    for arrival in reused:
        first = firsts[arrival.agency, arrival.id]
        assert first.received_ms < arrival.received_ms
        assert first.key == arrival.key
        assert first.data != arrival.data


def test_messages_arrive_out_of_order_and_some_days_late() -> None:
    hours: list[float] = []
    swaps = 0
    latest: dict[str, str] = {}
    for arrival in busy():
        attributes = dict(arrival.attributes)
        if arrival.fate != "accepted" or "time" not in attributes:
            continue
        recorded = datetime.fromisoformat(attributes["time"])
        hours.append(arrival.received_ms / 3_600_000 - recorded.timestamp() / 3_600)
        written = recorded.astimezone(UTC).isoformat()
        swaps += written < latest.get(arrival.agency, "")
        latest[arrival.agency] = max(written, latest.get(arrival.agency, ""))
    assert swaps > 20
    assert 0.005 < sum(late > 12 for late in hours) / len(hours) < 0.25
    assert min(hours) > -5 / 60, "no clock is further ahead than five minutes"


def test_no_key_is_an_nhs_number_and_a_subject_keeps_its_key() -> None:
    assert not any(nhs_number_is_valid(arrival.key) for arrival in busy())
    keys: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for statement in tell(BUSY, live(BUSY)):
        if statement.kind == "police-notification":
            keys[statement.kind, str(statement.data["notification_id"])].add(statement.key)
        elif statement.kind == "referral":
            keys[statement.kind, str(statement.data["referral_id"])].add(statement.key)
    assert {len(found) for found in keys.values()} == {1}


def test_every_child_has_identifiers_of_its_own_that_pass_the_checks() -> None:
    children = [child for family in live(Town(families=800)).families for child in family.children]
    upns = [child.upn for child in children if child.upn is not None]
    assert all(map(upn_is_valid, upns))
    assert all(upn[1:4] == "999" for upn in upns)
    assert all(nhs_number_is_valid(child.nhs_number) and child.nhs_number.startswith("999") for child in children)
    for references in (
        upns,
        [child.nhs_number for child in children],
        [child.council_id for child in children],
        [nominal for child in children for nominal in child.nominals],
    ):
        assert len(set(references)) == len(references)


def test_every_agency_sends_every_kind_that_it_agreed_to_and_no_other() -> None:
    sent = Counter((arrival.agency, arrival.kind) for arrival in arrivals(replace(SMALL, families=120, days=150)))
    assert set(sent) == {(agency, kind) for agency, kinds in KINDS.items() for kind in kinds}


def test_the_hub_lets_the_agencies_send_over_all_the_days_but_millbrook() -> None:
    hub = parse_hub(SMALL.hub())
    assert {(str(source.agency), source.kind) for source in hub.sources} == {
        (agency, kind) for agency, kinds in KINDS.items() for kind in kinds
    }
    until = {source.agency: source.last for source in hub.sources}
    assert {agency for agency, last in until.items() if last < SMALL.end} == {"millbrook-academy"}
    assert [team.daily_budget for team in hub.teams] == [4, 3]


def test_schools_send_on_school_days_and_corrections_replace_marks_whose_reason_was_unknown() -> None:
    first: dict[tuple[str, str, str, str], str] = {}
    corrected: Counter[tuple[str, str]] = Counter()
    closed = {day for each in BUSY.calendar.closures for day in (each.first.isoformat(),)}
    for statement in sorted(tell(BUSY, live(BUSY)), key=lambda statement: statement.recorded_at):
        marks = statement.data.get("marks", [])
        assert isinstance(marks, list)
        assert len(marks) <= 20
        for mark in marks:
            day = date.fromisoformat(mark["date"])
            assert BUSY.calendar.is_school_day(day) or mark["date"] in closed
            place = (statement.key, str(statement.data["school"]), mark["date"], mark["session"])
            if place in first and first[place] != mark["code"]:
                corrected[first[place], mark["code"]] += 1
            first[place] = mark["code"]
    assert set(corrected) <= {("N", "I"), ("N", "O"), ("N", "G")}
    assert corrected["N", "I"] > 3
    assert corrected["N", "O"] > 3


def test_the_schools_are_made_up() -> None:
    assert all(school.urn.startswith("9") and len(school.urn) == 6 for school in SCHOOLS)
