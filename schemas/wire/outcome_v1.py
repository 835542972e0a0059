"""An outcome, version 1: what services found or did later. Natural key: (agency, ``outcome_id``, ``kind``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, Self, get_args

from pydantic import ConfigDict, model_validator

from schemas.wire.common import Child, Identifier, Statement, Text64, broken_rule
from schemas.wire.referral_v1 import ClosureReason
from schemas.wire.rules import when
from schemas.wire.times import WireDate

OutcomeKind = Literal[
    "assessment-started",
    "assessment-completed",
    "s47-started",
    "s47-completed",
    "icpc",
    "cp-plan-started",
    "cp-plan-ended",
    "cin-plan-started",
    "cin-plan-ended",
    "early-help-started",
    "early-help-ended",
    "looked-after-started",
    "looked-after-ended",
    "case-closed",
]
AssessmentResult = Literal["no-further-action", "early-help", "child-in-need", "strategy-discussion", "other"]
EnquiryResult = Literal["conference", "no-further-action", "section-17-services", "legal-action", "other"]
ConferenceResult = Literal["plan", "no-plan"]

RESULTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "assessment-completed": frozenset(get_args(AssessmentResult)),
        "s47-completed": frozenset(get_args(EnquiryResult)),
        "icpc": frozenset(get_args(ConferenceResult)),
        "case-closed": frozenset(get_args(ClosureReason)),
    }
)
"""What can come of each kind that has a result; the result of any other kind is null."""


class Outcome(Statement):
    """What services found or did: an assessment, an enquiry, a plan, a placement, a closure."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                *(
                    when("kind", kind, {"result": {"enum": [*sorted(results), None]}})
                    for kind, results in RESULTS.items()
                ),
                when("kind", sorted(RESULTS), {}, {"result": {"type": "null"}}),
            ]
        }
    )

    outcome_id: Text64
    child: Child
    kind: OutcomeKind
    occurred_on: WireDate
    result: str | None
    referral_id: Text64 | None

    @model_validator(mode="after")
    def _check_the_result_is_one_of_its_kind(self) -> Self:
        if self.result is not None and self.result not in RESULTS.get(self.kind, ()):
            raise broken_rule("/result")
        return self

    def children_named(self) -> tuple[tuple[str, tuple[Identifier, ...]], ...]:
        """The child that the outcome is about."""
        return (("/child/identifiers", self.child.identifiers),)
