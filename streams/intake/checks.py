"""What a schema cannot say of an event: whose identifiers it may use, check digits, and facts dated too far ahead."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from models.calendar.local_time import local_day
from schemas.check_digits import nhs_number_is_valid, upn_is_valid
from schemas.facts import Notification, Outcome, Referral
from schemas.identifiers import AgencyId
from schemas.statements import Marks, Statement
from schemas.wire.common import MAX_POINTERS, point_to
from schemas.wire.dead_letter_v1 import Reason
from schemas.wire.family_link_v1 import FamilyLink
from schemas.wire.kinds import WireEvent
from streams.intake.refused import Refused

MOST_FIELDS: Final = 40
MOST_ITEMS: Final = 40  # factors; every other list is shorter
PLANNED_ENDS: Final = frozenset({"cp-plan-ended", "cin-plan-ended", "early-help-ended", "looked-after-ended"})
"""Ends of plans and placements: the only facts that may be known long before they happen."""


def refuse_sprawl(data: object, *path: str | int) -> None:
    """Raises Refused with ``SCHEMA`` where an object or a list has more entries than any schema of ours allows.

    The schema refuses them too, but lists every fault of each: a second or more for a value of 256 KiB.
    """
    if isinstance(data, (dict, list)):
        if len(data) > (MOST_FIELDS if isinstance(data, dict) else MOST_ITEMS):
            raise Refused(Reason.SCHEMA, point_to(*path))
        for place, part in data.items() if isinstance(data, dict) else enumerate(data):
            refuse_sprawl(part, *path, place)


def refuse_bad_identifiers(event: WireEvent, sender: AgencyId) -> None:
    """Raises Refused where an identifier names another agency than the sender (``SCHEMA``), which only a family-link
    may do, and then where a national identifier fails its check digit (``IDENTIFIER``)."""
    may_name_others = isinstance(event, FamilyLink)
    foreign: list[str] = []
    unsound: list[str] = []
    for pointer, identifiers in event.children_named():
        for index, identifier in enumerate(identifiers):
            if identifier.agency not in ("", sender) and not may_name_others:
                foreign.append(f"{pointer}/{index}/agency")
            if not _is_sound(identifier.scheme, identifier.value):
                unsound.append(f"{pointer}/{index}/value")
    if foreign:
        raise Refused(Reason.SCHEMA, *foreign[:MAX_POINTERS])
    if unsound:
        raise Refused(Reason.IDENTIFIER, *unsound[:MAX_POINTERS])


def refuse_facts_to_come(statement: Statement) -> None:
    """Raises Refused with ``FUTURE_TIME`` where a fact is dated more than a day after the local date of receipt.

    A retraction has no date of its own: what it takes back may never have been accepted.
    """
    if statement.retracted:
        return
    latest = local_day(statement.received_at) + 1
    faults: list[str] = []
    match statement.body:
        case Marks(marks=marks):
            faults = [f"/marks/{index}/date" for index, mark in enumerate(marks) if mark.on > latest]
        case Referral(on=on) if on > latest:
            faults = ["/referred_at"]
        case Notification(on=on) if on > latest:
            faults = ["/occurred_at"]
        case Outcome(kind=kind, on=on) if on > latest and kind not in PLANNED_ENDS:
            faults = ["/occurred_on"]
    if faults:
        raise Refused(Reason.FUTURE_TIME, *faults)


@lru_cache(maxsize=65_536)  # a check digit takes longer than all else here, and the same children come again and again
def _is_sound(scheme: str, value: str) -> bool:
    match scheme:
        case "upn":
            return upn_is_valid(value)
        case "nhs-number":
            return nhs_number_is_valid(value)
        case _:
            return True
