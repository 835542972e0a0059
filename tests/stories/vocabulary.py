"""The words of the stories, and what each is on the wire."""

from __future__ import annotations

from typing import Final, get_args

from schemas.prompts import Disposition
from schemas.wire.police_notification_v1 import Concern

GRADES: Final = ("green", "amber", "red", "standard", "medium", "high")
CONCERNS: Final = {concern.replace("-", " "): concern for concern in get_args(Concern)}
SOURCES: Final = {
    "a relative": "1A",
    "the child": "1C",
    "a school": "2A",
    "a GP": "3A",
    "a health visitor": "3B",
    "an A&E department": "3E",
    "housing": "4",
    "social care": "5A",
    "the police": "6",
    "a court": "7",
    "a charity": "8",
    "nobody named": "9",
}
DECISIONS: Final = {
    "no further action": "no-further-action",
    "advice given": "information-and-advice",
    "early help": "early-help",
    "assessment": "assessment",
    "strategy discussion": "strategy-discussion",
}
NOTICES: Final = {
    "notice": "PPN",
    "missing notice": "MISSING",
    "Encompass notice": "ENCOMPASS",
    "other notice": "OTHER",
}
PLANS: Final = {
    "child in need plan": "cin-plan",
    "early help": "early-help",
    "child protection plan": "cp-plan",
    "placement": "looked-after",
}
MARKS: Final = {
    "present": None,
    "absent without leave": "O",
    "absent with leave": "C",
    "ill": "I",
    "excluded": "E",
    "school closed": "Y2",
}
SESSIONS: Final = {"all day": ("AM", "PM"), "mornings": ("AM",), "afternoons": ("PM",)}
ROLES: Final = ("subject", "present", "resident", "linked")
SENDERS: Final = {"council": "riverton-council", "health": "riverton-health", "school": "oakfield-schools"}
DISPOSITIONS: Final = {word.replace("-", " "): word for word in get_args(Disposition)}
