"""From statements to arrivals: ids, lags, outages, messages sent twice, ids used twice, the order of receipt.

The town's network is as bad as a real one: most messages arrive within seconds, some days late, two systems are silent
for a while and then send everything at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

import msgspec

from streams.simulator.agencies import HARBOUR, HEALTH, MILLBROOK, POLICE, System
from streams.simulator.arrivals import Arrival
from streams.simulator.days import local
from streams.simulator.statements import Data, Statement

# Shares of messages; all ours.
_DAYS_LATE: Final = 0.012
_HOURS_LATE: Final = 0.02
_TWICE: Final = 0.008
_ID_USED_AGAIN: Final = 0.0004

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

_CHECKED_AFTER_THE_AGREEMENT: Final = ("accepted", "duplicate", "SCHEMA", "IDENTIFIER", "FUTURE_TIME", "ID_REUSE")


@dataclass(frozen=True, slots=True)
class Outage:
    """A system that sends nothing from ``first`` until ``end``, and then everything it has kept."""

    system: System
    first: datetime
    end: datetime


def draw_outages(rng: Random, start: date, days: int) -> tuple[Outage, ...]:
    """One outage of a school system for ten days, one of the police for two, one of health for a week."""
    lengths = ((HARBOUR, 10), (POLICE, 2), (HEALTH, 7))
    if days < 30:
        return ()
    begins = [start + timedelta(days=rng.randrange(days // 4, days * 3 // 4)) for _ in lengths]
    return tuple(
        Outage(system, local(first, 6 * 60), local(first + timedelta(days=length), 11 * 60))
        for (system, length), first in zip(lengths, begins, strict=True)
    )


def send(rng: Random, statements: Iterable[Statement], outages: tuple[Outage, ...]) -> Iterator[Arrival]:
    """One arrival for each statement, in the order in which they were recorded."""
    counts: Counter[System] = Counter()
    for statement in sorted(statements, key=lambda statement: statement.recorded_at):
        system = statement.system
        counts[system] += 1
        event_id = f"{system.id_prefix}-{counts[system]:07d}"
        written = statement.recorded_at + timedelta(seconds=system.clock_ahead_seconds)
        yield Arrival(
            received_ms=_received_ms(rng, statement, outages),
            agency=system.agency,
            kind=statement.kind,
            key=statement.key,
            attributes=(
                ("specversion", "1.0"),
                ("id", event_id),
                ("source", system.source),
                ("type", f"org.earlyword.{statement.kind}.v1"),
                ("time", system.write_time(written)),
            ),
            data=msgspec.json.encode(statement.data),
            structured=system.structured,
            fate="expired" if statement.too_old else "accepted",
            fate_in_file="expired" if statement.too_old else "accepted",
        )


def send_some_twice(rng: Random, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    """These arrivals; after some of them the same bytes again, after a few other bytes under the same id."""
    for arrival in arrivals:
        yield arrival
        if arrival.fate != "accepted":
            continue
        luck = rng.random()
        if luck < _TWICE:
            later = arrival.received_ms + int(
                rng.choice((2_000, 90_000, 7_200_000, 86_400_000)) * rng.uniform(0.5, 1.5)
            )
            yield replace(arrival, received_ms=later, fate="duplicate", fate_in_file="duplicate")
        elif luck < _TWICE + _ID_USED_AGAIN and arrival.kind in _CHANGES:
            later = arrival.received_ms + rng.randint(60_000, 172_800_000)
            other = _say_otherwise(arrival)
            yield replace(arrival, data=other, received_ms=later, fate="ID_REUSE", fate_in_file="ID_REUSE")


def refuse_after_the_agreement(arrivals: Iterable[Arrival], last_day: date) -> Iterator[Arrival]:
    """Millbrook's agreement ends before Millbrook's sending does; what fails an earlier check keeps its reason."""
    end_ms = int(local(last_day + timedelta(days=1), 0).timestamp() * 1000)
    for arrival in arrivals:
        late = arrival.agency == MILLBROOK.agency and arrival.received_ms >= end_ms
        if late and arrival.fate in _CHECKED_AFTER_THE_AGREEMENT:
            yield replace(arrival, fate="NO_AGREEMENT", fate_in_file=arrival.fate_in_file and "NO_AGREEMENT")
        else:
            yield arrival


def _received_ms(rng: Random, statement: Statement, outages: tuple[Outage, ...]) -> int:
    lag = 0.2 + rng.expovariate(1 / 8)
    luck = rng.random()
    if luck < _DAYS_LATE:
        lag += rng.uniform(0.5, 10) * 86_400
    elif luck < _DAYS_LATE + _HOURS_LATE:
        lag += rng.uniform(0.1, 12) * 3_600
    received = statement.recorded_at + timedelta(seconds=lag)
    for outage in outages:
        if outage.system is statement.system and outage.first <= received < outage.end:
            received = outage.end + timedelta(seconds=rng.uniform(0, 900))
    return (received - _EPOCH) // _MILLISECOND


# What a careless system changes without a new id, under the same natural key: the field, and two values of which the
# one that does not stand there is written.
_CHANGES: Final[dict[str, tuple[str, tuple[object, object]]]] = {
    "referral": ("source_code", ("10", "9")),
    "police-notification": ("concerns", (["other"], ["neglect"])),
    "outcome": ("referral_id", ("R-UNKNOWN", None)),
    "school-absence": ("school", ("900099", "900098")),
}


def _say_otherwise(arrival: Arrival) -> bytes:
    """The data with one field changed, natural key and child left as they are."""
    data: Data = msgspec.json.decode(arrival.data)
    field, (one, other) = _CHANGES[arrival.kind]
    return msgspec.json.encode(data | {field: other if data[field] == one else one})
