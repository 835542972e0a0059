"""Who writes to the hub: the town's agencies, their systems, and how each of them writes.

The last part of each system's name is the agency's id, so that the built-in hub of ``earlyword rehearse``, which knows
no hub.toml, names the same agencies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from streams.simulator.days import LONDON

Kind = Literal["referral", "school-absence", "police-notification", "outcome", "family-link"]
Phase = Literal["primary", "secondary", "special", "referral-unit"]


@dataclass(frozen=True)
class System:
    """One computer system of an agency.

    ``id_prefix`` begins its event ids. ``structured`` says that it sends whole CloudEvents instead of headers and
    value. ``clock_ahead_seconds`` is what its clock is wrong by: under 300, or its events would come from the future.
    """

    agency: str
    source: str
    id_prefix: str
    zone: Literal["Z", "+00:00", "local"] = "Z"
    structured: bool = False
    clock_ahead_seconds: int = 0

    def write_time(self, moment: datetime) -> str:
        """This moment (aware, UTC) as RFC 3339 with an offset, the way this system writes it."""
        if self.zone == "local":
            return moment.astimezone(LONDON).isoformat(timespec="seconds")
        text = moment.isoformat(timespec="seconds")
        return text if self.zone == "+00:00" else text[:-6] + "Z"


COUNCIL: Final = System("riverton-council", "https://systems.example/riverton-council", "rc", zone="+00:00")
MATCHING: Final = System("riverton-council", "https://systems.example/matching/riverton-council", "rm")
POLICE: Final = System("riverton-police", "https://systems.example/riverton-police", "rp", zone="local")
MISSING_UNIT: Final = System("riverton-police", "urn:riverton:missing:riverton-police", "rmu", zone="local")
HEALTH: Final = System(
    "riverton-health",
    "https://systems.example/riverton-health",
    "rh",
    structured=True,
    clock_ahead_seconds=120,
)
OAKFIELD_NORTH: Final = System("oakfield-schools", "https://mis-north.example/oakfield-schools", "on")
OAKFIELD_SOUTH: Final = System("oakfield-schools", "https://systems.example/oakfield-schools", "os", zone="+00:00")
HARBOUR: Final = System("harbour-schools", "https://mis.example/harbour-schools", "hs", zone="local")
MILLBROOK: Final = System("millbrook-academy", "https://mis.example/millbrook-academy", "mb")

SYSTEMS: Final = (
    COUNCIL, MATCHING, POLICE, MISSING_UNIT, HEALTH, OAKFIELD_NORTH, OAKFIELD_SOUTH, HARBOUR, MILLBROOK,
)  # fmt: skip

# Which agency sends what: one topic and one agreement each.
KINDS: Final[dict[str, tuple[Kind, ...]]] = {
    "riverton-council": ("referral", "outcome", "family-link"),
    "riverton-police": ("police-notification",),
    "riverton-health": ("referral", "outcome"),
    "oakfield-schools": ("school-absence",),
    "harbour-schools": ("school-absence",),
    "millbrook-academy": ("school-absence",),
}


@dataclass(frozen=True)
class School:
    """A school: its number (URN), phase, register system, and whether it sends marks every day or once a week.

    URNs begin with 9, which no school in England has. ``establishment`` is its part of pupil numbers.
    """

    urn: str
    establishment: int
    phase: Phase
    system: System
    daily: bool


SCHOOLS: Final = (
    School("900001", 2001, "primary", OAKFIELD_NORTH, daily=False),
    School("900002", 2002, "primary", OAKFIELD_NORTH, daily=False),
    School("900003", 2003, "primary", OAKFIELD_SOUTH, daily=False),
    School("900004", 2004, "primary", HARBOUR, daily=True),
    School("900005", 2005, "primary", HARBOUR, daily=True),
    School("900011", 4001, "secondary", OAKFIELD_NORTH, daily=False),
    School("900012", 4002, "secondary", MILLBROOK, daily=False),
    School("900013", 4003, "secondary", HARBOUR, daily=True),
    School("900021", 7001, "special", OAKFIELD_SOUTH, daily=False),
    School("900022", 7002, "special", HARBOUR, daily=True),
    School("900031", 1101, "referral-unit", OAKFIELD_SOUTH, daily=False),
)
