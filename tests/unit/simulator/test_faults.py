"""Every way to be malformed earns the reason that the table says, and every reason a partner can earn is there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from schemas.wire.dead_letter_v1 import Reason
from streams.hub import parse_hub
from streams.intake.accept import Door
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.simulator.arrivals import Arrival, to_line
from streams.simulator.faults import FAULTS, one_of_each
from streams.simulator.town import SMALL, arrivals
from tests.unit.simulator.reading import name_of, on_the_broker

NOT_THE_PARTNERS_DOING = {Reason.DECRYPT, Reason.HANDLER_BUG}


@cache
def spoilt() -> dict[str, Arrival]:
    return one_of_each(arrivals(replace(SMALL, families=60, days=120, malformed=0)))


def test_every_reason_that_a_partner_can_earn_has_a_fault() -> None:
    made = {fault.reason for fault in FAULTS} | {"ID_REUSE"}
    assert made == {reason.name for reason in Reason if reason not in NOT_THE_PARTNERS_DOING}


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS])
def test_a_fault_earns_its_reason(name: str) -> None:
    arrival = spoilt()[name]
    door = Door(parse_hub(SMALL.hub()), PUBLISHED_KEY)
    assert name_of(on_the_broker(door, arrival)) == arrival.fate
    if arrival.fate_in_file is not None:
        assert name_of(door.accept_line(to_line(arrival))) == arrival.fate_in_file


def test_a_malformed_message_never_breaks_the_lines_of_a_file() -> None:
    assert not any(b"\n" in to_line(arrival) or b"\r" in to_line(arrival) for arrival in spoilt().values())


def test_half_of_the_malformed_messages_are_followed_by_the_good_one_under_the_same_id() -> None:
    arrived = arrivals(replace(SMALL, malformed=0.3))
    accepted = {(arrival.agency, arrival.id): arrival.received_ms for arrival in arrived if arrival.fate == "accepted"}
    broken = [arrival for arrival in arrived if arrival.fate == "SCHEMA"]
    mended = [arrival for arrival in broken if accepted.get((arrival.agency, arrival.id), 0) > arrival.received_ms]
    assert 0.3 < len(mended) / len(broken) < 0.7
