"""Made-up histories of wire events, dense around the boundaries of the rules: exact days, hours, codes and changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tests.properties.slow_calendar import DAY, on
from tests.properties.slow_calendar import local as at

UPN = {"a": "W999400124001", "b": "Y999400124012", "c": "Z999400124003"}
ANCHORS = (
    *(date(2026, 3, 27), date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)),  # the clocks go forward; term ends
    *(date(2026, 10, 23), date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)),  # they go back; half-term
    *(date(2026, 4, 2), date(2026, 5, 1), date(2026, 7, 21), date(2025, 12, 24), date(2026, 6, 10)),
)
HOURS = ((0, 0), (0, 30), (8, 29), (8, 30), (8, 31), (12, 0), (15, 0), (23, 30))
Event = dict[str, Any]


@dataclass
class Maker:
    """Makes events around one anchor, from one seed."""

    dice: Random
    children: str = "ab"
    is_national: bool = True
    anchor: date = field(init=False)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.anchor = self.dice.choice(ANCHORS)

    def hour(self) -> tuple[int, int]:
        return self.dice.choice(HOURS)

    def child(self) -> str:
        return self.dice.choice(self.children)

    def occurred(self, *days: int) -> datetime:
        return at(self.anchor + self.dice.choice(days) * DAY, *self.hour())

    def recorded(self, moment: datetime) -> datetime:
        """Mostly soon after; sometimes late."""
        late = self.dice.choice((0, 0, 0, 1, 60, 600, 1440, 3 * 1440, 27 * 1440, 29 * 1440))
        return moment + timedelta(minutes=late)

    def identifiers(self, child: str, agency: str) -> list[dict[str, str]]:
        """Under national numbers, or each agency under its own, now and then with a second one."""
        national, own = {"scheme": "upn", "value": UPN[child]}, {"scheme": "local", "value": f"{agency}-{child}"}
        return [national] if self.is_national else self.dice.choice(([own], [own], [own, national]))

    def say(self, kind: str, agency: str, time: datetime, data: Event) -> Event:
        number = len(self.events)
        event = {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": f"https://systems.example/{agency}",
            "type": f"org.earlyword.{kind}.v1",
            "time": time.isoformat(),
            "data": data,
        }
        self.events.append(event)
        return event

    def referral(self, moment: datetime, **more: Any) -> Event:
        dice = self.dice
        outcome = dice.choice((None, None, "no-further-action", "information-and-advice", "assessment"))
        decided = moment + dice.choice((0, 1, 30)) * DAY if outcome else None
        data = {
            "referral_id": f"R{len(self.events)}",
            "child": {"identifiers": self.identifiers(self.child(), "council")},
            "referred_at": moment.isoformat(),
            "source_code": dice.choice(("1A", "2A", "3A", "4", "5D", "6", "8", "9", "10")),
            "primary_need": None,
            "outcome": outcome,
            "decided_at": decided.isoformat() if decided else None,
            "factors": [],
            "closed_on": None,
            "closure_reason": None,
        } | more
        return self.say("referral", "council", max(self.recorded(moment), decided or moment), data)

    def notification(self, moment: datetime, **more: Any) -> Event:
        dice, number = self.dice, len(self.events)
        notice = more.get("notice_type", dice.choice(("PPN", "PPN", "MISSING", "ENCOMPASS", "OTHER")))
        missing = {
            "category": dice.choice("MMMA"),
            "started_at": (moment - timedelta(hours=dice.choice((0, 1, 13, 30)))).isoformat(),
            "ended_at": dice.choice((None, (moment + dice.choice((0, 1, 2)) * DAY).isoformat())),
        }
        named = dice.sample(self.children, dice.choice((1, 1, 1, min(2, len(self.children)))))
        data = {
            "notification_id": f"N{number}",
            "occurrence_ref": f"O{dice.choice((number, number, number, dice.randrange(3)))}",
            "notice_type": notice,
            "occurred_at": moment.isoformat(),
            "grade": dice.choice(("green", "standard", "amber", "high", None)),
            "concerns": dice.choice(([], ["domestic-abuse"], ["neglect", "domestic-abuse"])),
            "children": [
                {
                    "identifiers": self.identifiers(child, "police"),
                    "role": dice.choice(("subject", "subject", "present")),
                    "present": dice.choice((True, True, False)),
                    "spoken_to": False,
                }
                for child in named
            ],
            "missing": missing if notice == "MISSING" else None,
        } | more
        return self.say("police-notification", "police", self.recorded(moment), data)

    def outcome(self, day: date, kind: str) -> Event:
        data = {
            "outcome_id": f"P{self.dice.randrange(4)}",
            "child": {"identifiers": self.identifiers(self.child(), "council")},
            "kind": kind,
            "occurred_on": day.isoformat(),
            "result": "RC7" if kind == "case-closed" else None,
            "referral_id": None,
        }
        return self.say("outcome", "council", self.recorded(at(day, 9)), data)

    def marks(self, child: str, first: date, days: int, codes: Sequence[str], school: str = "123456") -> None:
        """Weekdays in order, ten days to a message, said at the end of the last of them."""
        weekdays = [first + n * DAY for n in range(days) if (first + n * DAY).weekday() < 5]
        sessions = [(day, half) for day in weekdays for half in ("AM", "PM")]
        for start in range(0, len(sessions), 20):
            part = sessions[start : start + 20]
            marks = [
                {"date": day.isoformat(), "session": half, "code": codes[(start + n) % len(codes)]}
                for n, (day, half) in enumerate(part)
            ]
            data = {
                "child": {"identifiers": self.identifiers(child, "school")},
                "school": school,
                "marks": marks,
            }
            self.say("school-absence", "school", at(part[-1][0], 16), data)

    def link(self, moment: datetime, child: str, family: str, agency: str | None = None) -> Event:
        identifier = {"scheme": "upn", "value": UPN[child]}
        if agency is not None:
            identifier = {"scheme": "local", "value": f"{agency}-{child}", "agency": agency}
        data = {
            "link_id": f"L-{child}-{self.dice.randrange(2)}",
            "statement": "in-family",
            "child": {"identifiers": [identifier]},
            "family": family,
            "valid_from": "2025-01-01",
            "basis": "system",
        }
        return self.say("family-link", "hub", moment, data)

    def same_child(self, moment: datetime, *named: tuple[str, str]) -> Event:
        given = [{"scheme": "local", "value": f"{agency}-{child}", "agency": agency} for child, agency in named]
        data = {
            "link_id": f"S-{self.dice.randrange(3)}",
            "statement": "same-child",
            "child": {"identifiers": given},
            "family": None,
            "valid_from": "2025-01-01",
            "basis": "person",
        }
        return self.say("family-link", "hub", moment, data)

    def disturb(self) -> list[Event]:
        """The file: in order of time, some said again, corrected, taken back, or out of their place."""
        dice = self.dice
        if self.is_national and dice.random() < 0.6:
            first = min(datetime.fromisoformat(event["time"]) for event in self.events)
            for child in self.children:
                self.link(first, child, "F1")
        for event in dice.sample(self.events, min(len(self.events), dice.choice((0, 0, 1, 2)))):
            later = deepcopy(event)
            later["id"] = f"e{len(self.events)}"
            minutes = dice.choice((-60, 1, 60, 1440, 4 * 1440, 20 * 1440))
            later["time"] = (datetime.fromisoformat(event["time"]) + timedelta(minutes=minutes)).isoformat()
            change_of_mind(dice, later, self)
            self.events.append(later)
        in_order = sorted(self.events, key=lambda event: datetime.fromisoformat(event["time"]))
        if dice.random() < 0.3:
            for event in dice.sample(in_order, min(3, len(in_order))):
                in_order.insert(dice.randrange(len(in_order) + 1), event)  # a duplicate, early or late
        if dice.random() < 0.1:
            dice.shuffle(in_order)
        return in_order


def change_of_mind(dice: Random, event: Event, maker: Maker) -> None:
    """Say something else under the same natural key."""
    data = event["data"]
    if dice.random() < 0.4:
        data["action"] = "retract"
        return
    if "referral_id" in data and "referred_at" in data:
        data["outcome"], data["decided_at"] = dice.choice(((None, None), ("no-further-action", data["referred_at"])))
        data["child"] = {"identifiers": maker.identifiers(maker.child(), "council")}
        if dice.random() < 0.3:
            data["closed_on"], data["closure_reason"] = (
                on(datetime.fromisoformat(data["referred_at"])).isoformat(),
                "RC7",
            )
    elif "notification_id" in data:
        data["grade"] = dice.choice(("green", "amber", "red", None))
        data["concerns"] = dice.choice(([], ["domestic-abuse"]))
        data["children"][0]["identifiers"] = maker.identifiers(maker.child(), "police")
        data["children"][0]["role"] = dice.choice(("subject", "present"))
        data["children"][0]["present"] = dice.choice((True, False))
        moved = datetime.fromisoformat(data["occurred_at"]) - dice.choice((0, 0, 1)) * DAY
        data["occurred_at"] = moved.isoformat()
    elif "marks" in data:
        for mark in dice.sample(data["marks"], min(3, len(data["marks"]))):
            mark["code"] = dice.choice("NO/I#XKBEU")
    elif "outcome_id" in data:
        data["child"] = {"identifiers": maker.identifiers(maker.child(), "council")}
    elif data["statement"] == "in-family":
        data["family"] = dice.choice(("F1", "F2"))


def line_of(event: Event) -> bytes:
    return json.dumps(event).encode()
