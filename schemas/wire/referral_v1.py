"""A referral, version 1: somebody asked services to look at a child. Natural key: (agency, ``referral_id``)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, Strict, model_validator

from schemas.wire.common import Child, Identifier, Statement, Text64, broken_rule
from schemas.wire.rules import both_or_neither
from schemas.wire.times import WireDate, WireTime

# fmt: off
SourceCode = Literal[
    "1A", "1B", "1C", "1D", "2A", "2B", "3A", "3B", "3C", "3D", "3E", "3F", "4", "5A", "5B", "5C", "5D", "6", "7",
    "8", "9", "10",
]
# fmt: on
"""Who referred (DfE, children in need census, referral source; DOMAIN section 2.1)."""

PrimaryNeed = Literal["N0", "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9"]
ReferralOutcome = Literal[
    "no-further-action", "information-and-advice", "early-help", "assessment", "strategy-discussion"
]
ClosureReason = Literal["RC1", "RC2", "RC3", "RC4", "RC5", "RC6", "RC7", "RC8", "RC9"]
# fmt: off
Factor = Literal[
    "1A", "1B", "1C", "2A", "2B", "2C", "3A", "3B", "3C", "4A", "4B", "4C", "5A", "5B", "5C", "6A", "6B", "6C", "7A",
    "8B", "8C", "8D", "8E", "8F", "9A", "10A", "11A", "12A", "13A", "14A", "15A", "16A", "17A", "18B", "18C", "19B",
    "19C", "20", "21", "22A", "23A", "24A",
]
# fmt: on
"""What an assessment found (census 2024; 18A and 19A are retired and refused)."""


class Referral(Statement):
    """Somebody asked services to look at a child, and what was decided: not before it was asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                both_or_neither("outcome", "decided_at"),
                both_or_neither("closed_on", "closure_reason"),
            ]
        }
    )

    referral_id: Text64
    child: Child
    referred_at: WireTime
    source_code: SourceCode
    primary_need: PrimaryNeed | None
    outcome: ReferralOutcome | None
    decided_at: WireTime | None
    factors: Annotated[tuple[Factor, ...], Strict(False), Field(max_length=40)]
    closed_on: WireDate | None
    closure_reason: ClosureReason | None

    @model_validator(mode="after")
    def _check_fields_go_together(self) -> Self:
        faults = []
        decided_too_early = self.decided_at is not None and self.decided_at < self.referred_at
        if (self.outcome is None) != (self.decided_at is None) or decided_too_early:
            faults.append("/decided_at")
        if (self.closed_on is None) != (self.closure_reason is None):
            faults.append("/closed_on" if self.closed_on is None else "/closure_reason")
        if faults:
            raise broken_rule(*faults)
        return self

    def children_named(self) -> tuple[tuple[str, tuple[Identifier, ...]], ...]:
        """The child that was referred."""
        return (("/child/identifiers", self.child.identifiers),)
