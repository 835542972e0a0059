"""What a connector gives back: events for the wire, and what it could not or did not use.

A report says where in the file and why, from closed lists. It never repeats a value: element names come from our own
list of the format, everything else is a position.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Any, Final, TypeAlias

from msgspec import Struct
from msgspec.json import encode


class CannotConvert(Exception):  # noqa: N818 - named for what happened, as STYLE wants
    """The conversion cannot begin.

    Operator: the message names the option to change; nothing was written.
    """


class Reason(StrEnum):
    """Why something was refused or is worth knowing. The sentences for people are in ``SENTENCES``."""

    MALFORMED_XML = "MALFORMED_XML"
    DTD = "DTD"
    ENCODING = "ENCODING"
    TOO_DEEP = "TOO_DEEP"
    TAG_TOO_LONG = "TAG_TOO_LONG"
    TOO_MANY_NAMES = "TOO_MANY_NAMES"
    WRONG_FORMAT = "WRONG_FORMAT"
    NO_RECORDED_TIME = "NO_RECORDED_TIME"
    NO_CHILDREN = "NO_CHILDREN"

    MISSING = "MISSING"
    REPEATED = "REPEATED"
    TOO_LONG = "TOO_LONG"
    TOO_MANY = "TOO_MANY"
    BAD_DATE = "BAD_DATE"
    DATE_OUT_OF_RANGE = "DATE_OUT_OF_RANGE"
    FUTURE_DATE = "FUTURE_DATE"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    RETIRED_CODE = "RETIRED_CODE"
    UPN_SHAPE = "UPN_SHAPE"
    UPN_TEMPORARY = "UPN_TEMPORARY"
    UPN_CHECK = "UPN_CHECK"
    UPN_OF_ANOTHER_CHILD = "UPN_OF_ANOTHER_CHILD"
    CLOSED_BEFORE_REFERRAL = "CLOSED_BEFORE_REFERRAL"
    ENDED_BEFORE_STARTED = "ENDED_BEFORE_STARTED"

    NOT_USED = "NOT_USED"
    UNKNOWN_ELEMENT = "UNKNOWN_ELEMENT"
    STRAY_TEXT = "STRAY_TEXT"
    CHILD_REPEATED = "CHILD_REPEATED"
    SAME_DAY_REFERRALS = "SAME_DAY_REFERRALS"
    BEFORE_REFERRAL = "BEFORE_REFERRAL"
    CLOSURE_INCOMPLETE = "CLOSURE_INCOMPLETE"
    NFA_WITH_ACTIVITY = "NFA_WITH_ACTIVITY"


SENTENCES: Final[dict[Reason, str]] = {
    Reason.MALFORMED_XML: "The XML is not well formed here; what was complete before this place is kept.",
    Reason.DTD: "The file has a document type or entity declaration. Export it without one.",
    Reason.ENCODING: "The encoding that the file declares is not read. Export it as UTF-8.",
    Reason.TOO_DEEP: "Elements are nested deeper than in any census file.",
    Reason.TAG_TOO_LONG: "A tag or a comment is longer than 1 MB.",
    Reason.TOO_MANY_NAMES: "The file has more element and attribute names than any census file.",
    Reason.WRONG_FORMAT: "This is not a file of the format that was named.",
    Reason.NO_RECORDED_TIME: (
        "Neither Header/Source/DateTime nor ReferenceDate says, before the first child, when this was recorded. "
        "Pass --recorded-at."
    ),
    Reason.NO_CHILDREN: "There is no child in the file.",
    Reason.MISSING: "This is needed and missing.",
    Reason.REPEATED: "This may be said once; the first is used.",
    Reason.TOO_LONG: "The text is longer than this field may be.",
    Reason.TOO_MANY: "There are more of these than can be carried.",
    Reason.BAD_DATE: "This is not a date as YYYY-MM-DD, or not a date and time as YYYY-MM-DDThh:mm:ss.",
    Reason.DATE_OUT_OF_RANGE: "The date is before 1900 or after 2100.",
    Reason.FUTURE_DATE: "The date is later than the day on which the file was recorded.",
    Reason.UNKNOWN_CODE: "The code is not in the census code set.",
    Reason.RETIRED_CODE: "The code was withdrawn from the code set and says too little to be carried.",
    Reason.UPN_SHAPE: "This does not have the form of a unique pupil number.",
    Reason.UPN_TEMPORARY: "Temporary unique pupil numbers are not carried.",
    Reason.UPN_CHECK: "The letter of the unique pupil number does not fit its digits.",
    Reason.UPN_OF_ANOTHER_CHILD: "An earlier child of the file has this unique pupil number.",
    Reason.CLOSED_BEFORE_REFERRAL: "The case closes before the referral; the closure is left out.",
    Reason.ENDED_BEFORE_STARTED: "This ends before it starts; the end is left out.",
    Reason.NOT_USED: "earlyword does not use this part of the census.",
    Reason.UNKNOWN_ELEMENT: "This element is not in the census; it was passed over.",
    Reason.STRAY_TEXT: "There is text between the elements here; it was passed over.",
    Reason.CHILD_REPEATED: "The same LAchildID stands earlier in the file; both are read as one child.",
    Reason.SAME_DAY_REFERRALS: "Another referral of this child has the same date; they are told apart by their order.",
    Reason.BEFORE_REFERRAL: "The date is before the referral; it is carried as written.",
    Reason.CLOSURE_INCOMPLETE: "A closure needs date and reason; the referral is written as not closed.",
    Reason.NFA_WITH_ACTIVITY: "The referral says no further action, yet work is recorded; both are carried.",
}


class Lost(StrEnum):
    """How much of the file a refusal takes with it."""

    FILE = "file"
    REST = "rest of the file"
    CHILD = "child"
    EPISODE = "episode"
    PART = "part"
    """One assessment, plan, enquiry or conference."""
    VALUE = "value"


class Refused(Struct, frozen=True, kw_only=True):
    """Something in the file that no event carries. ``line`` and ``column`` count from 1."""

    place: str
    line: int
    column: int
    reason: Reason
    lost: Lost


class Noted(Struct, frozen=True, kw_only=True):
    """Something worth knowing that cost no record: a part that is not used, or a contradiction carried as written."""

    place: str
    line: int
    column: int
    reason: Reason


class WireEvent(Struct, frozen=True, kw_only=True):
    """One structured CloudEvent of EVENTS sections 1 and 2."""

    kind: str
    event_id: str
    content: dict[str, Any]

    def line(self) -> bytes:
        """The event as one line of NDJSON, its end included. The same event gives the same bytes."""
        return encode(self.content) + b"\n"

    def __repr__(self) -> str:
        return f"WireEvent({self.kind}, {self.event_id})"


Told: TypeAlias = WireEvent | Refused | Noted


class Tally:
    """Counts what a conversion gave back."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.noted: Counter[str] = Counter()
        self.is_complete = True
        """Whether the file was read to its end; if not, the command must not exit with 0."""

    def count(self, told: Told) -> None:
        """Count one item."""
        match told:
            case WireEvent():
                self.events[told.kind] += 1
            case Refused():
                self.refused[told.reason.value] += 1
                self.is_complete = self.is_complete and told.lost not in (Lost.FILE, Lost.REST)
            case Noted():
                self.noted[told.reason.value] += 1

    def as_json(self) -> dict[str, object]:
        """The counts as one JSON object: ``complete``, ``events`` by kind, ``refused`` and ``noted`` by reason."""
        return {
            "complete": self.is_complete,
            "events": dict(sorted(self.events.items())),
            "refused": dict(sorted(self.refused.items())),
            "noted": dict(sorted(self.noted.items())),
        }
