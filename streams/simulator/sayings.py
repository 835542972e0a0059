"""What can be said in a table: one function for each verb, from fields to the data of wire events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from streams.simulator.identifiers import nhs_numbers, pupil_number
from streams.simulator.statements import Data, child, identifier
from streams.simulator.table_fields import FieldError, Fields

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NHS_NUMBERS: Final = dict(zip(_LETTERS, islice(nhs_numbers(), len(_LETTERS)), strict=True))
_SYSTEMS: Final = "https://systems.example/"
_MOST_MARKS: Final = 20  # in one message


@dataclass(frozen=True)
class Saying:
    """One statement: the wire kind, the system that says it, and the data."""

    kind: str
    source: str
    data: Data


def known_to(agency: str, letter: str) -> Data:
    """The identifier under which an agency of the stories knows a child."""
    if letter not in _LETTERS or len(letter) != 1:
        raise FieldError(f"'{letter}' is no child; children are A to Z")
    if agency.endswith("-schools"):
        return identifier("upn", pupil_number(9001, 15, 1 + _LETTERS.index(letter)))
    if agency.endswith("-police"):
        return identifier("police-nominal", f"NOMINAL-{letter}")
    if agency.endswith("-health"):
        return identifier("nhs-number", _NHS_NUMBERS[letter])
    return identifier("la-child-id", f"CHILD{letter}")


def _link(fields: Fields, at: datetime) -> list[Saying]:
    """``link child=A,B [family=F1]``: all identifiers of each child are one child, and it belongs to the family."""
    family = fields.take_if_there("family")
    sayings = []
    for letter in _children(fields):
        nominal = known_to("riverton-police", letter) | {"agency": "riverton-police"}
        references = [
            known_to("riverton-council", letter),
            known_to("oakfield-schools", letter),
            known_to("riverton-health", letter),
            nominal,
        ]
        sayings.append(_say_link(f"C-{letter}", "same-child", child(*references), None, at))
        if family is not None:
            sayings.append(_belongs(letter, family, at))
    return sayings


def _move(fields: Fields, at: datetime) -> list[Saying]:
    """``move child=A family=F2``: the same link again with another family; with ``retract``, the link withdrawn."""
    family = fields.take("family")
    return [_belongs(letter, family, at) for letter in _children(fields)]


def _belongs(letter: str, family: str, at: datetime) -> Saying:
    return _say_link(f"F-{letter}", "in-family", child(known_to("riverton-council", letter)), family, at)


def _say_link(link_id: str, statement: str, named: Data, family: str | None, at: datetime) -> Saying:
    data: Data = {"link_id": link_id, "statement": statement, "child": named, "family": family}
    data |= {"valid_from": at.date().isoformat(), "basis": "system"}
    return Saying("family-link", _SYSTEMS + "riverton-council", data)


def _referral(fields: Fields, at: datetime) -> list[Saying]:
    """``referral ref=R1 child=A source=2A [referred= need= outcome= decided= factors= closed= reason= by=]``."""
    agency = fields.take_if_there("by") or "riverton-council"
    outcome = fields.take_if_there("outcome")
    closed = fields.take_day("closed")
    decided = fields.take_moment("decided") or at
    data: Data = {
        "referral_id": fields.take("ref"),
        "child": child(known_to(agency, fields.take("child"))),
        "referred_at": _write(fields.take_moment("referred") or at),
        "source_code": fields.take("source"),
        "primary_need": fields.take_if_there("need"),
        "outcome": outcome,
        "decided_at": None if outcome is None else _write(decided),
        "factors": fields.take_list("factors"),
        "closed_on": None if closed is None else closed.isoformat(),
        "closure_reason": None if closed is None else fields.take("reason"),
    }
    return [Saying("referral", _SYSTEMS + agency, data)]


def _police(fields: Fields, at: datetime) -> list[Saying]:
    """``police ref=N1 child=A,B:present [of= type= grade= concerns= occurred= missing=M started= ended=]``.

    A child's role follows a colon (subject, present, resident, linked); without, it is the subject. ``of`` is the
    occurrence, by default one of its own.
    """
    reference = fields.take("ref")
    category = fields.take_if_there("missing")
    occurred = fields.take_moment("occurred") or at
    started, ended = fields.take_moment("started") or occurred, fields.take_moment("ended")
    missing = {
        "category": category,
        "started_at": _write(started),
        "ended_at": None if ended is None else _write(ended),
    }
    data: Data = {
        "notification_id": reference,
        "occurrence_ref": fields.take_if_there("of") or f"O-{reference}",
        "notice_type": fields.take_if_there("type") or ("PPN" if category is None else "MISSING"),
        "occurred_at": _write(occurred),
        "grade": fields.take_if_there("grade"),
        "concerns": fields.take_list("concerns"),
        "children": [_person(text) for text in fields.take("child").split(",")],
        "missing": None if category is None else missing,
    }
    return [Saying("police-notification", _SYSTEMS + "riverton-police", data)]


def _person(text: str) -> Data:
    letter, _, role = text.partition(":")
    named = child(known_to("riverton-police", letter))
    return named | {"role": role or "subject", "present": role == "present", "spoken_to": False}


def _marks(fields: Fields, at: datetime) -> list[Saying]:
    r"""``marks child=A on=+0..+4 [AM=O] [PM=O] [school=900001]``: each Monday to Friday, in messages of 20 at most.

    Without AM and PM the child is present all day: / and \.
    """
    letters, days = _children(fields), fields.moments.weekdays(fields.take("on"))
    school = fields.take_if_there("school") or "900001"
    codes = [(session, fields.take_if_there(session)) for session in ("AM", "PM")]
    if not any(code for _, code in codes):
        codes = [("AM", "/"), ("PM", "\\")]
    marks = [
        {"date": day.isoformat(), "session": session, "code": code} for day in days for session, code in codes if code
    ]
    return [
        Saying("school-absence", _SYSTEMS + "oakfield-schools", {"child": named, "school": school, "marks": part})
        for named in (child(known_to("oakfield-schools", letter)) for letter in letters)
        for part in (marks[place : place + _MOST_MARKS] for place in range(0, len(marks), _MOST_MARKS))
    ]


def _outcome(fields: Fields, at: datetime) -> list[Saying]:
    """``outcome ref=X1 child=A kind=cin-plan-started [on= result= referral= by=]``."""
    agency = fields.take_if_there("by") or "riverton-council"
    data: Data = {
        "outcome_id": fields.take("ref"),
        "child": child(known_to(agency, fields.take("child"))),
        "kind": fields.take("kind"),
        "occurred_on": (fields.take_day("on") or at.date()).isoformat(),
        "result": fields.take_if_there("result"),
        "referral_id": fields.take_if_there("referral"),
    }
    return [Saying("outcome", _SYSTEMS + agency, data)]


def _children(fields: Fields) -> list[str]:
    return fields.take("child").split(",")


def _write(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


VERBS: Final[Mapping[str, Callable[[Fields, datetime], list[Saying]]]] = {
    "link": _link,
    "marks": _marks,
    "move": _move,
    "outcome": _outcome,
    "police": _police,
    "referral": _referral,
}
"""Every verb of a table but ``again``."""
