"""The slow, obvious way to attendance: every mark ever sent in one list, read through whenever somebody asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from models.calendar.retention import gone_on
from schemas.identifiers import Day
from schemas.statements import Marks, Statement

# DOMAIN section 2.3, in the order of EVENTS section 2: of several schools' marks for one session the first counts.
UNAUTHORISED = {"G", "N", "O", "U"}
AUTHORISED = {"C1", "M", "J1", "S", "C", "R", "I"}
OTHER = {"C2", "E", "T"}
PRESENT = {"/", "\\", "L", "K", "V", "P", "W", "B"}
IMPOSSIBLE = {"D", "X", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#"}
CLASSES = (UNAUTHORISED, AUTHORISED, OTHER, PRESENT, IMPOSSIBLE)


@dataclass(frozen=True)
class Sent:
    """One mark of one message."""

    identifier: str
    school: str
    day: int
    session: int
    code: str | None
    version: tuple[int, str, str]
    agency: str


class SlowAttendance:
    """Everything that was sent, and what counts of it for the child of some identifiers on some day."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def hear(self, statement: Statement) -> None:
        """Keep every mark of a message."""
        assert isinstance(statement.body, Marks)
        version = (statement.version.recorded_at, statement.version.event_id, statement.version.source)
        for mark in statement.body.marks:
            code = None if statement.retracted else mark.code
            identifier = statement.named[0].identifiers[0]
            self.sent.append(
                Sent(identifier, statement.body.school, mark.on, mark.session, code, version, statement.agency)
            )

    def sessions(self, identifiers: Collection[str], today: Day) -> list[tuple[int, int, str, str, str, str]]:
        """Day, session, code, school, identifier and agency of what counts, in order of time."""
        ours = [s for s in self.sent if s.identifier in identifiers and gone_on(Day(s.day)) > today]
        found = []
        for day, session in sorted({(s.day, s.session) for s in ours}):
            there = [s for s in ours if (s.day, s.session) == (day, session)]
            newest = [
                max((s for s in there if s.school == school), key=lambda s: s.version)
                for school in sorted({s.school for s in there})
            ]
            for codes in CLASSES:
                if counted := [s for s in newest if s.code in codes]:
                    first = counted[0]
                    found.append((day, session, str(first.code), first.school, first.identifier, first.agency))
                    break
        return found
