"""Heads: which snapshot of a specification is in force, what it may do, and who may say so.

| state | its head | how it comes to the next |
|---|---|---|
| draft | none | the learner starts: the specification that the release registers begins in shadow |
| shadow | ``shadow``, no gate | a report passes the gate |
| eligible | ``shadow``, a report that lacks nothing but a signature | a named person signs |
| live | ``live``, with the hash of the report that passed | a rail breaks: back to shadow, frozen, by itself |
| retired | ``silent`` | not at all |

A person may freeze, unfreeze, roll back and retire at any time; a person alone promotes. The learner moves a head that
is not frozen to its next snapshot, and demotes; frozen or not, it lets the thresholds of a live one follow the teams'
budgets. Every step is a new head, made from the one before; none is changed.
"""

from __future__ import annotations

import json
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from models.learning.adopting import Breach
from models.learning.canonical import to_canonical
from models.learning.threshold import Thresholds
from schemas.examples import Mode
from schemas.models import LEARNER, Head

Lifecycle: TypeAlias = Literal["draft", "shadow", "eligible", "live", "retired"]

_RANK: Final[dict[Mode, int]] = {"silent": 0, "shadow": 1, "live": 2}


class UnsoundHeadError(ValueError):
    """These bytes are no head that may be obeyed. Operator: look who wrote it; the model stays as it was."""


class UngatedHeadError(UnsoundHeadError):
    """A head that says ``live`` and names no gate. Operator: look who wrote it; families do not start in live."""

    def __init__(self, specification: str) -> None:
        super().__init__("the head is live, and no gate was passed")
        self.specification = specification


class RefusedStepError(ValueError):
    """A step that nobody may take from here. The sentence says why."""


def read_head(told: bytes) -> Head:
    """The head that these bytes are. Raises UnsoundHeadError; UngatedHeadError for ``live`` without a passed gate."""
    try:
        head = msgspec.convert(json.loads(told), type=Head)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        raise UnsoundHeadError("the head is not of this schema") from None
    if head.mode == "live" and head.gate is None:
        raise UngatedHeadError(head.specification)
    return head


def write_head(head: Head) -> bytes:
    """Its canonical bytes."""
    return to_canonical(head)


def is_in_front(told: Head, current: Head | None) -> bool:
    """Whether a head that comes later on the topic counts: not if a learner that slept wrote it."""
    return current is None or told.resume_offset >= current.resume_offset


def lower(mode: Mode, most: Mode) -> Mode:
    """The lower of two modes: a setting can lower what a head says, never raise it."""
    return min(mode, most, key=lambda one: _RANK[one])


def name_state(head: Head | None, *, lacks_only_a_signature: bool = False) -> Lifecycle:
    """Where a specification stands."""
    if head is None:
        return "draft"
    match head.mode:
        case "silent":
            return "retired"
        case "shadow":
            return "eligible" if lacks_only_a_signature else "shadow"
        case "live":
            return "live"


def begin_in_shadow(specification: str, version: str, *, at: str, resume_offset: int, reason: str) -> Head:
    """The first head of a specification."""
    return Head(
        specification=specification,
        version=version,
        mode="shadow",
        frozen=False,
        threshold=None,
        reason=reason,
        by=LEARNER,
        at=at,
        resume_offset=resume_offset,
        gate=None,
    )


def thresholds_of(head: Head) -> Thresholds:
    """The thresholds that a head holds; a head that names one alone means it for all families."""
    other = head.threshold_open_case
    return Thresholds(head.threshold, head.threshold if other is UNSET else other)


def move_on(head: Head, version: str, *, thresholds: Thresholds, at: str, resume_offset: int) -> Head:
    """The learner adopts the next snapshot. Raises RefusedStepError while frozen."""
    if head.frozen:
        raise RefusedStepError("adoption is frozen")
    followed = follow_budgets(head, thresholds, at=at, resume_offset=resume_offset)
    return replace(followed, version=version, reason="adopted")


def follow_budgets(head: Head, thresholds: Thresholds, *, at: str, resume_offset: int) -> Head:
    """The thresholds follow the last 28 days, whether adoption is frozen or not; nothing else changes."""
    return replace(
        head,
        threshold=thresholds.first,
        threshold_open_case=_unless_equal(thresholds),
        reason="the thresholds follow the teams' budgets",
        by=LEARNER,
        at=at,
        resume_offset=max(resume_offset, head.resume_offset),
    )


def demote(head: Head, breach: Breach, *, at: str, resume_offset: int) -> Head:
    """A rail broke: frozen, and in shadow if it was live. Its snapshot goes on there.

    The second threshold goes, so that families from before there were two obey this head, too: it raises nothing there.
    """
    return replace(
        head,
        mode=lower(head.mode, "shadow"),
        frozen=True,
        gate=None,
        threshold_open_case=UNSET,
        reason=f"{breach.rail}: {breach.what}",
        by=LEARNER,
        at=at,
        resume_offset=max(resume_offset, head.resume_offset),
    )


def sign_off(head: Head, gate: str, *, by: str, reason: str, at: str) -> Head:
    """A named person lets a model whose report passed prompt people. Raises RefusedStepError."""
    _need_person(by, reason)
    if head.mode == "silent":
        raise RefusedStepError("the model is retired; register a new specification")
    if not gate:
        raise RefusedStepError("no gate was passed")
    return replace(head, mode="live", frozen=False, gate=gate, by=by, reason=reason, at=at)


def freeze(head: Head, *, by: str, reason: str, at: str) -> Head:
    """Nothing is adopted any more; the snapshot in force goes on as it is."""
    _need_person(by, reason)
    return replace(head, frozen=True, by=by, reason=reason, at=at)


def unfreeze(head: Head, *, by: str, reason: str, at: str) -> Head:
    """Adoption goes on, within the rails. The mode stays: it promotes nothing."""
    _need_person(by, reason)
    if head.mode == "silent":
        raise RefusedStepError("the model is retired; register a new specification")
    return replace(head, frozen=False, by=by, reason=reason, at=at)


def roll_back(head: Head, version: str, *, by: str, reason: str, at: str) -> Head:
    """An earlier snapshot serves, and adoption is frozen: the learner would undo it otherwise."""
    _need_person(by, reason)
    return replace(head, version=version, frozen=True, by=by, reason=reason, at=at)


def retire(head: Head, *, by: str, reason: str, at: str) -> Head:
    """The model is silent from now on, for good."""
    _need_person(by, reason)
    return replace(
        head,
        mode="silent",
        frozen=True,
        gate=None,
        threshold=None,
        threshold_open_case=UNSET,
        by=by,
        reason=reason,
        at=at,
    )


def _unless_equal(thresholds: Thresholds) -> float | UnsetType | None:
    """Left out where one threshold says all, so that readers from before there were two can read it."""
    return UNSET if thresholds.open_case == thresholds.first else thresholds.open_case


def _need_person(by: str, reason: str) -> None:
    if not by.strip() or by.strip().lower() == LEARNER:
        raise RefusedStepError("a person has to be named")
    if not reason.strip():
        raise RefusedStepError("a reason has to be given")
