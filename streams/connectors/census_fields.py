"""Reads one field of a census record: its value, nothing where the file has nothing, or why it is refused."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date

from schemas.check_digits import upn_is_temporary, upn_is_valid
from streams.connectors.london_time import read_date
from streams.connectors.reports import Lost, Noted, Reason, Refused
from streams.connectors.xml_parts import Part


def refuse(part: Part, reason: Reason, lost: Lost) -> Refused:
    """A refusal at the place of this part."""
    return Refused(place=part.place, line=part.line, column=part.column, reason=reason, lost=lost)


def note(part: Part, reason: Reason) -> Noted:
    """A remark at the place of this part."""
    return Noted(place=part.place, line=part.line, column=part.column, reason=reason)


def miss(parent: Part, name: str, lost: Lost) -> Refused:
    """A refusal because this field of the part is missing; it stands where the part begins."""
    place = f"{parent.place}/{name}"
    return Refused(place=place, line=parent.line, column=parent.column, reason=Reason.MISSING, lost=lost)


def read_day(parent: Part, name: str, lost: Lost, *, not_after: date | None) -> date | Refused | None:
    """A date field, not later than the day given."""
    part = _filled(parent, name)
    if part is None:
        return None
    day = Reason.TOO_LONG if part.is_too_long else read_date(part.text)
    if isinstance(day, Reason):
        return refuse(part, day, lost)
    if not_after is not None and day > not_after:
        return refuse(part, Reason.FUTURE_DATE, lost)
    return day


def need_day(parent: Part, name: str, lost: Lost, *, not_after: date) -> date | Refused:
    """A date field that must be there."""
    day = read_day(parent, name, lost, not_after=not_after)
    return miss(parent, name, lost) if day is None else day


def read_code(
    parent: Part, name: str, lost: Lost, known: AbstractSet[str], retired: AbstractSet[str] = frozenset()
) -> str | Refused | None:
    """A field with a code of a closed set."""
    part = _filled(parent, name)
    return None if part is None else check_code(part, lost, known, retired)


def check_code(
    part: Part, lost: Lost, known: AbstractSet[str], retired: AbstractSet[str] = frozenset()
) -> str | Refused:
    """The code in this part, in the upper case of the code sets."""
    code = part.text.upper()
    if code in known and not part.is_too_long:
        return code
    return refuse(part, Reason.RETIRED_CODE if code in retired else Reason.UNKNOWN_CODE, lost)


def read_upn(part: Part | None) -> str | Refused | None:
    """A permanent unique pupil number whose letter fits its digits."""
    if part is None or not _is_filled(part):
        return None
    upn = part.text.upper()  # the schema allows a small letter
    if upn_is_valid(upn):
        return upn
    if upn_is_temporary(upn):
        return refuse(part, Reason.UPN_TEMPORARY, Lost.VALUE)
    has_shape = len(upn) == 13 and upn.isascii() and upn[0].isalpha() and upn[1:].isdigit()
    return refuse(part, Reason.UPN_CHECK if has_shape else Reason.UPN_SHAPE, Lost.VALUE)


def _filled(parent: Part, name: str) -> Part | None:
    """The field, unless it is absent or empty: both say that nothing is known."""
    part = parent.first(name)
    return part if part is not None and _is_filled(part) else None


def _is_filled(part: Part) -> bool:
    return bool(part.text) or part.is_too_long
