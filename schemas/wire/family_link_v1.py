"""A family link, version 1: the hub says who is who, and who belongs to whom. Natural key: (agency, ``link_id``)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, model_validator

from schemas.wire.common import Child, Identifier, Statement, Text64, broken_rule
from schemas.wire.rules import when
from schemas.wire.times import WireDate


class FamilyLink(Statement):
    """``same-child``: two or more identifiers are one child; ``in-family``: the child of one belongs to a family."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                when(
                    "statement",
                    "in-family",
                    {"child": {"properties": {"identifiers": {"maxItems": 1}}}, "family": {"type": "string"}},
                    {"child": {"properties": {"identifiers": {"minItems": 2}}}, "family": {"type": "null"}},
                )
            ]
        }
    )

    link_id: Text64
    statement: Literal["same-child", "in-family"]
    child: Child
    family: Text64 | None
    valid_from: WireDate
    basis: Literal["system", "person"]

    @model_validator(mode="after")
    def _check_identifiers_and_family_fit_the_statement(self) -> Self:
        places_in_family = self.statement == "in-family"
        faults = []
        if places_in_family != (len(self.child.identifiers) == 1):
            faults.append("/child/identifiers")
        if places_in_family != (self.family is not None):
            faults.append("/family")
        if faults:
            raise broken_rule(*faults)
        return self

    def children_named(self) -> tuple[tuple[str, tuple[Identifier, ...]], ...]:
        """The child that the link is about."""
        return (("/child/identifiers", self.child.identifiers),)
