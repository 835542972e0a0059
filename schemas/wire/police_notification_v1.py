"""A police notification, version 1. Natural key: (agency, ``notification_id``); an occurrence may have several."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, Strict, model_validator

from schemas.wire.common import Identifier, Identifiers, Statement, Text64, WireModel, broken_rule
from schemas.wire.rules import when
from schemas.wire.times import WireTime

NoticeType = Literal["PPN", "ENCOMPASS", "MISSING", "CUSTODY", "OTHER"]
WireGrade = Literal["red", "amber", "green", "high", "medium", "standard"]
Concern = Literal[
    "domestic-abuse",
    "neglect",
    "physical-abuse",
    "sexual-abuse",
    "emotional-abuse",
    "criminal-exploitation",
    "sexual-exploitation",
    "substance-misuse-adult",
    "mental-health-adult",
    "mental-health-child",
    "self-harm",
    "offending-child",
    "weapons",
    "other",
]


class ChildConcerned(WireModel):
    """A child as the notification names it, and the part it had."""

    identifiers: Identifiers
    role: Literal["subject", "present", "resident", "linked"]
    present: bool
    spoken_to: bool


class MissingEpisode(WireModel):
    """From when to when a child was missing (M) or away without authorisation (A); no end while it lasts."""

    category: Literal["M", "A"]
    started_at: WireTime
    ended_at: WireTime | None

    @model_validator(mode="after")
    def _check_it_ends_after_it_starts(self) -> Self:
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise broken_rule("/ended_at")
        return self


class PoliceNotification(Statement):
    """The police told of an incident and of the children concerned."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [when("notice_type", "MISSING", {"missing": {"type": "object"}}, {"missing": {"type": "null"}})]
        }
    )

    notification_id: Text64
    occurrence_ref: Text64
    notice_type: NoticeType
    occurred_at: WireTime
    grade: WireGrade | None
    concerns: Annotated[tuple[Concern, ...], Strict(False), Field(max_length=12)]
    children: Annotated[tuple[ChildConcerned, ...], Strict(False), Field(min_length=1, max_length=20)]
    missing: MissingEpisode | None

    @model_validator(mode="after")
    def _check_an_episode_goes_with_missing(self) -> Self:
        if (self.notice_type == "MISSING") != (self.missing is not None):
            raise broken_rule("/missing")
        return self

    def children_named(self) -> tuple[tuple[str, tuple[Identifier, ...]], ...]:
        """Every child concerned."""
        return tuple((f"/children/{i}/identifiers", child.identifiers) for i, child in enumerate(self.children))
