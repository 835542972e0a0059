"""Session marks of one child at one school, version 1. Natural key of each: (child, school, date, session)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, Strict, StringConstraints, model_validator

from schemas.wire.common import Child, Identifier, Statement, WireModel, broken_rule
from schemas.wire.times import WireDate

# fmt: off
RegisterCode = Literal[
    "/", "\\", "L", "K", "V", "P", "W", "B",
    "C1", "M", "J1", "S", "C2", "C", "T", "R", "I", "E",
    "G", "N", "O", "U",
    "D", "X", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7",
    "Z", "#",
]
# fmt: on
"""Every register code in force in England since 19 August 2024, a line per class (DOMAIN section 2.3)."""

SchoolUrn = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$", max_length=6)]


class SessionMark(WireModel):
    """One session and its code."""

    date: WireDate
    session: Literal["AM", "PM"]
    code: RegisterCode


class SchoolAbsence(Statement):
    """Marks of one child at one school, no session twice; attending ones too: what is not sent is not known."""

    child: Child
    school: SchoolUrn
    marks: Annotated[
        tuple[SessionMark, ...],
        Strict(False),
        Field(min_length=1, max_length=20, json_schema_extra={"uniqueItems": True}),
    ]

    @model_validator(mode="after")
    def _check_no_session_comes_twice(self) -> Self:
        seen = set()
        twice = []
        for index, mark in enumerate(self.marks):
            session = (mark.date, mark.session)
            if session in seen:
                twice.append(f"/marks/{index}")
            seen.add(session)
        if twice:
            raise broken_rule(*twice)
        return self

    def children_named(self) -> tuple[tuple[str, tuple[Identifier, ...]], ...]:
        """The child whose marks these are."""
        return (("/child/identifiers", self.child.identifiers),)
