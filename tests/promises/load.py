"""Partners' records for the oracles: seeded, dense in corrections, retractions, repeats, links and faults.

Each child has one identifier, so that which identifier a statement chooses does not depend on when a link arrives:
then the final stories depend on the set of statements alone, and a sequential reference can say what they are.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from streams.simulator.arrivals import Record
from streams.topics import partner_topic

POLICE, COUNCIL, SCHOOL = "riverton-police", "riverton-council", "oakfield"
SOURCES = (
    (POLICE, "police-notification"),
    (COUNCIL, "referral"),
    (COUNCIL, "outcome"),
    (COUNCIL, "family-link"),
    (SCHOOL, "school-absence"),
)
START = datetime(2026, 1, 12, 8, tzinfo=UTC)
DAYS = 56
CODES = ("/", "\\", "I", "O", "N", "U", "C", "L")


def hub_text() -> str:
    """A hub that agrees to all of it."""
    agencies = "".join(
        f'[[agency]]\nid = "{agency}"\nsystems = ["urn:{agency}"]\n' for agency in (POLICE, COUNCIL, SCHOOL)
    )
    sources = "".join(
        f'[[source]]\nagency = "{agency}"\nkind = "{kind}"\nlawful_basis = "test"\nagreement = "T-1"\n'
        "from = 2025-01-01\nuntil = 2027-12-31\n"
        for agency, kind in SOURCES
    )
    team = '[[team]]\nid = "front-door"\n'
    return f'[hub]\nid = "riverton"\nname = "Riverton"\nopen_case_team = "front-door"\n{team}{agencies}{sources}'


def make_load(seed: int, children: int, events: int) -> list[Record]:
    """So many records, in the order of their stamps."""
    dice = random.Random(seed)
    records: list[Record] = []
    span = timedelta(days=DAYS)
    for number in range(events):
        at = START + span * (number / events)
        earlier = dice.choice(records) if records and dice.random() < 0.04 else None
        if earlier is not None and earlier.value is not None:
            records.append(_again(earlier, at))
            continue
        records.append(_record(dice, number, at, children))
    return records


def _record(dice: random.Random, number: int, at: datetime, children: int) -> Record:
    agency, kind = dice.choices(SOURCES, weights=(30, 18, 6, 4, 42))[0]
    child = dice.randrange(children)
    data = {
        "police-notification": _notification,
        "referral": _referral,
        "outcome": _outcome,
        "family-link": _link,
        "school-absence": _marks,
    }[kind](dice, at, child, children)
    if kind != "family-link" and dice.random() < 0.05:
        data["action"] = "retract"
    if dice.random() < 0.01:
        data["unasked"] = "marker"  # refused: SCHEMA
    event = {
        "specversion": "1.0",
        "id": f"{agency}-{number}",
        "source": f"urn:{agency}",
        "type": f"org.earlyword.{kind}.v1",
        "time": _text(at - timedelta(minutes=dice.randrange(3000))),
        "data": data,
    }
    value = json.dumps(event).encode()
    if dice.random() < 0.005:
        value = value[:-7]  # refused: JSON
    stamp = round(at.timestamp() * 1000)
    headers = (("content-type", b"application/cloudevents+json"),)
    return Record(partner_topic(agency, kind), f"child-{child}".encode(), value, headers, stamp)


def _again(earlier: Record, at: datetime) -> Record:
    return Record(earlier.topic, earlier.key, earlier.value, earlier.headers, round(at.timestamp() * 1000))


def _child(number: int) -> dict[str, Any]:
    return {"identifiers": [{"scheme": "la-child-id", "value": f"C{number:05d}", "agency": COUNCIL}]}


def _own_child(number: int, scheme: str) -> dict[str, Any]:
    return {"identifiers": [{"scheme": scheme, "value": f"C{number:05d}"}]}


def _notification(dice: random.Random, at: datetime, child: int, children: int) -> dict[str, Any]:
    number = dice.randrange(children * 6)
    occurred = at - timedelta(hours=dice.randrange(1, 200))
    others = {child, (child + 1) % children} if dice.random() < 0.3 else {child}
    return {
        "notification_id": f"N{number}",
        "occurrence_ref": f"O{number // 2}",
        "notice_type": dice.choice(("PPN", "PPN", "OTHER", "CUSTODY")),
        "occurred_at": _text(occurred),
        "grade": dice.choice(("green", "green", "standard", "amber", "red", None)),
        "concerns": ["neglect"],
        "children": [
            {**_own_child(one, "police-nominal"), "role": "subject", "present": True, "spoken_to": False}
            for one in sorted(others)
        ],
        "missing": None,
    }


def _referral(dice: random.Random, at: datetime, child: int, children: int) -> dict[str, Any]:
    number = dice.randrange(children * 4)
    referred = at - timedelta(hours=dice.randrange(1, 300))
    outcome = dice.choice((None, "no-further-action", "assessment", "information-and-advice"))
    return {
        "referral_id": f"R{number}",
        "child": _own_child(child, "la-child-id"),
        "referred_at": _text(referred),
        "source_code": dice.choice(("2A", "3A", "6", "1A", "4")),
        "primary_need": "N1",
        "outcome": outcome,
        "decided_at": None if outcome is None else _text(referred + timedelta(hours=1)),
        "factors": [],
        "closed_on": None,
        "closure_reason": None,
    }


def _outcome(dice: random.Random, at: datetime, child: int, children: int) -> dict[str, Any]:
    return {
        "outcome_id": f"U{dice.randrange(children * 3)}",
        "child": _own_child(child, "la-child-id"),
        "kind": dice.choice(("cin-plan-started", "cin-plan-ended", "s47-started", "case-closed")),
        "occurred_on": _day(at.date() - timedelta(days=dice.randrange(30))),
        "result": None,
        "referral_id": None,
    }


def _marks(dice: random.Random, at: datetime, child: int, children: int) -> dict[str, Any]:
    del children
    first = at.date() - timedelta(days=dice.randrange(20))
    days = [first - timedelta(days=back) for back in range(4)]
    return {
        "child": _own_child(child, "local"),
        "school": "123456",
        "marks": [
            {"date": _day(day), "session": session, "code": dice.choice(CODES)}
            for day in days
            for session in ("AM", "PM")
        ],
    }


def _link(dice: random.Random, at: datetime, child: int, children: int) -> dict[str, Any]:
    council = {"scheme": "la-child-id", "value": f"C{child:05d}"}
    others = (
        {"scheme": "police-nominal", "value": f"C{child:05d}", "agency": POLICE},
        {"scheme": "local", "value": f"C{child:05d}", "agency": SCHOOL},
    )
    is_same = dice.random() < 0.5
    kind = dice.randrange(2)
    return {
        "link_id": f"L{child}-{'s' if is_same else 'f'}-{kind}",
        "statement": "same-child" if is_same else "in-family",
        "child": {"identifiers": [council, others[kind]] if is_same else [council]},
        "family": None if is_same else f"F{dice.randrange(max(1, children // 3))}",
        "valid_from": _day(at.date()),
        "basis": "system",
        "action": "retract" if dice.random() < 0.2 else "assert",
    }


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _day(day: date) -> str:
    return day.isoformat()
