"""A prompt-action, version 1: what a worker did with a prompt, from the console or a hub system (EVENTS section 3)."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, model_validator

from schemas.prompts import Disposition, PromptActionKind, Usefulness
from schemas.wire.common import Text64, WireModel, broken_rule
from schemas.wire.times import WireTime

_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "assigned": ("to",),
    "noted": ("note",),
    "disposed": ("disposition", "useful"),
    "withdrawn": ("withdraws",),
}
"""What an action must bring along."""

_ONLY_WITH: Final = {"disposition": "disposed", "useful": "disposed", "withdraws": "withdrawn"}
"""What no other action may bring along."""


def _needs(action: str, fields: tuple[str, ...]) -> dict[str, JsonValue]:
    given: dict[str, JsonValue] = {field: {"not": {"type": "null"}} for field in fields}
    return {
        "if": {"properties": {"action": {"const": action}}},
        "then": {"required": list(fields), "properties": given},
    }


def _only_with(field: str, action: str) -> dict[str, JsonValue]:
    return {
        "if": {"not": {"properties": {"action": {"const": action}}}},
        "then": {"properties": {field: {"type": "null"}}},
    }


class PromptAction(WireModel):
    """What a worker did with a prompt, as of which revision. A field with a default may be left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                *(_needs(action, fields) for action, fields in _NEEDS.items()),
                *(_only_with(field, action) for field, action in _ONLY_WITH.items()),
            ]
        }
    )

    action_id: Text64
    prompt_id: Text64
    revision: Annotated[int, Field(ge=1, le=1_000_000)]
    action: PromptActionKind
    by: Text64
    at: WireTime
    to: Text64 | None = None
    until: WireTime | None = None
    note: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = None
    disposition: Disposition | None = None
    useful: Usefulness | None = None
    withdraws: Text64 | None = None

    @model_validator(mode="after")
    def _check_the_action_brings_what_belongs_to_it(self) -> Self:
        lacking = [field for field in _NEEDS.get(self.action, ()) if getattr(self, field) is None]
        stray = [
            field for field, action in _ONLY_WITH.items() if getattr(self, field) is not None and self.action != action
        ]
        if lacking or stray:
            raise broken_rule(*(f"/{field}" for field in lacking + stray))
        return self
