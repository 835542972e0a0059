"""Partners' events for tests: valid by default, saying only what matters."""

from __future__ import annotations

import json
from typing import Any

from models.calendar.local_time import to_moment
from schemas.wire.times import read_time
from streams.hub import parse_hub
from streams.intake.accept import Door, PartnerRecord
from streams.intake.pseudonyms import PUBLISHED_KEY

UPN = {"scheme": "upn", "value": "W999400124001"}
NHS = {"scheme": "nhs-number", "value": "9990000018"}
LOCAL = {"scheme": "local", "value": "P-00731"}
RECEIVED = "2026-03-02T16:30:00Z"  # a Monday

DATA: dict[str, dict[str, Any]] = {
    "referral": {
        "referral_id": "R-1",
        "child": {"identifiers": [UPN]},
        "referred_at": "2026-03-02T09:15:00Z",
        "source_code": "2A",
        "primary_need": None,
        "outcome": None,
        "decided_at": None,
        "factors": [],
        "closed_on": None,
        "closure_reason": None,
    },
    "school-absence": {
        "child": {"identifiers": [UPN]},
        "school": "123456",
        "marks": [
            {"date": "2026-03-02", "session": "AM", "code": "/"},
            {"date": "2026-03-02", "session": "PM", "code": "O"},
        ],
    },
    "police-notification": {
        "notification_id": "N-1",
        "occurrence_ref": "O-1",
        "notice_type": "PPN",
        "occurred_at": "2026-03-01T22:40:00Z",
        "grade": "green",
        "concerns": ["domestic-abuse"],
        "children": [{"identifiers": [LOCAL], "role": "present", "present": True, "spoken_to": False}],
        "missing": None,
    },
    "outcome": {
        "outcome_id": "A-1",
        "child": {"identifiers": [UPN]},
        "kind": "assessment-completed",
        "occurred_on": "2026-03-02",
        "result": "child-in-need",
        "referral_id": "R-1",
    },
    "family-link": {
        "link_id": "L-1",
        "statement": "same-child",
        "child": {"identifiers": [UPN, NHS]},
        "family": None,
        "valid_from": "2026-03-02",
        "basis": "system",
    },
}

HUB = parse_hub(
    """
    [hub]
    id = "riverton"
    name = "Riverton hub"
    [[team]]
    id = "front-door"
    [[agency]]
    id = "oakfield"
    systems = ["https://systems.example/oakfield"]
    [[agency]]
    id = "oakfield-annexe"
    systems = ["https://systems.example/oakfield/annexe"]
    """
    + "".join(
        f"""
    [[source]]
    agency = "{agency}"
    kind = "{kind}"
    lawful_basis = "public task"
    agreement = "DSA-1"
    from = 2026-03-02
    until = 2026-03-31
    """
        for agency in ("oakfield", "oakfield-annexe")
        for kind in DATA
    )
)


def data_of(kind: str, /, **changes: Any) -> dict[str, Any]:
    """The data of a valid event of this kind, with these fields changed."""
    return {**DATA[kind], **changes}


def event_of(kind: str, data: Any = None, /, **attributes: Any) -> dict[str, Any]:
    """A structured CloudEvent; an attribute that is set to ... is left out."""
    event = {
        "specversion": "1.0",
        "id": "oakfield-1",
        "source": "https://systems.example/oakfield/mis",
        "type": f"org.earlyword.{kind}.v1",
        "time": "2026-03-02T16:20:00+00:00",
        "data": DATA[kind] if data is None else data,
        **attributes,
    }
    return {name: value for name, value in event.items() if value is not ...}


def line_of(kind: str, data: Any = None, /, **attributes: Any) -> bytes:
    """The event as a line of a file, without its end."""
    return json.dumps(event_of(kind, data, **attributes)).encode()


def record_of(
    kind: str, data: Any = None, /, *, topic: str | None = None, received: str = RECEIVED, **attributes: Any
) -> PartnerRecord:
    """The event as a record in binary mode on Oakfield's topic."""
    event = event_of(kind, data, **attributes)
    value = event.pop("data")
    headers = [("content-type", b"application/json")]
    headers += [(f"ce_{name}", text if isinstance(text, bytes) else text.encode()) for name, text in event.items()]
    return PartnerRecord(
        topic=topic or f"earlyword.in.oakfield.{kind}.v1",
        partition=3,
        offset=417,
        timestamp=to_moment(read_time(received)) // 1000,
        key=b"P-00731",
        value=value if isinstance(value, bytes) else json.dumps(value).encode(),
        headers=headers,
    )


def a_door() -> Door:
    """The door of a hub that agreed with Oakfield on every kind for March 2026."""
    return Door(HUB, PUBLISHED_KEY)
