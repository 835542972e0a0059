"""What a schema cannot say of an event: whose identifiers it may use, check digits, and facts dated too far ahead."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, assert_never

from models.calendar.local_time import local_day
from schemas.check_digits import nhs_number_is_valid, upn_is_valid
from schemas.facts import Notification, Outcome, Referral
from schemas.identifiers import AgencyId, Day
from schemas.statements import InFamily, Marks, SameChild, Statement
from schemas.wire.common import Identifier
from schemas.wire.dead_letter_v1 import Reason
from schemas.wire.kinds import WireEvent
from streams.intake.refused import Refused

PLANNED_ENDS: Final = frozenset({"cp-plan-ended", "cin-plan-ended", "early-help-ended", "looked-after-ended"})
"""Ends of plans and placements: the only facts that may be known long before they happen."""

# A check digit is 3 us to work out, and the same children come again and again.
_upn_is_valid: Final = lru_cache(65_536)(upn_is_valid)
_nhs_number_is_valid: Final = lru_cache(65_536)(nhs_number_is_valid)


def refuse_foreign_agencies(event: WireEvent, sender: AgencyId) -> None:
    """Raises Refused with ``SCHEMA`` where an identifier names another agency than the sender."""
    faults = [
        f"{pointer}/{index}/agency"
        for pointer, identifiers in event.children_named()
        for index, identifier in enumerate(identifiers)
        if identifier.agency and identifier.agency != sender
    ]
    if faults:
        raise Refused(Reason.SCHEMA, *faults)


def refuse_bad_check_digits(event: WireEvent) -> None:
    """Raises Refused with ``IDENTIFIER`` where a national identifier is not one."""
    faults = [
        f"{pointer}/{index}/value"
        for pointer, identifiers in event.children_named()
        for index, identifier in enumerate(identifiers)
        if not _is_sound(identifier)
    ]
    if faults:
        raise Refused(Reason.IDENTIFIER, *faults)


def refuse_facts_to_come(statement: Statement) -> None:
    """Raises Refused with ``FUTURE_TIME`` where a fact is dated more than a day after the local date of receipt."""
    latest = local_day(statement.received_at) + 1
    faults = [pointer for pointer, on in _dated_facts(statement) if on > latest]
    if faults:
        raise Refused(Reason.FUTURE_TIME, *faults)


def _is_sound(identifier: Identifier) -> bool:
    match identifier.scheme:
        case "upn":
            return _upn_is_valid(identifier.value)
        case "nhs-number":
            return _nhs_number_is_valid(identifier.value)
        case _:
            return True


def _dated_facts(statement: Statement) -> Iterator[tuple[str, Day]]:
    match statement.body:
        case Marks(marks=marks):
            for index, mark in enumerate(marks):
                yield f"/marks/{index}/date", mark.on
        case Referral(on=on):
            yield "/referred_at", on
        case Notification(on=on):
            yield "/occurred_at", on
        case Outcome(kind=kind, on=on):
            if kind not in PLANNED_ENDS:
                yield "/occurred_on", on
        case SameChild() | InFamily():
            return
        case _:
            assert_never(statement.body)
