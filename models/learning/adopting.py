"""The guard rails: whether the next snapshot of a live specification is adopted, or the model falls silent.

Asked after each closed day. A breach freezes adoption and takes the model back to shadow by itself; the way back to
live is through the gate. In shadow nobody is prompted, so only what makes a snapshot unusable counts there.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from models.learning.evidence import Evidence, GroupCounts
from models.learning.measures.anytime import confidence_sequence
from models.learning.reference_set import largest_change
from models.learning.snapshot import Snapshot, UnsoundSnapshotError, check_body
from schemas.models import Rail


class Rails(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The registered bounds. Steps are differences of scores on the reference set, from 0 to 1."""

    step_bound: float
    """From the head to the next snapshot; measured after shadow. A day with all labels wrong moved .033 to .103."""
    total_bound: float
    """From the snapshot that was signed for."""
    precision_bar: float
    alpha: float
    most_missed_difference: float
    group_report_days: int
    """How old the last group report may be."""


class Adopted(Struct, frozen=True):
    """The snapshot may serve."""


class Breach(Struct, frozen=True):
    """Which rail broke, and in words how."""

    rail: Rail
    what: str


def adopt(
    head: Snapshot,
    body: Snapshot,
    parents: Mapping[str, str | None],
    live: tuple[Rails, Snapshot, Evidence] | None,
) -> Adopted | Breach:
    """Whether ``body`` may follow ``head``. ``parents`` names the parent of every snapshot that is known.

    ``live``: the rails, the snapshot that was signed for, and the evidence; None in shadow.
    """
    broken = find_unsound(head, body, parents)
    if broken is None and live is not None:
        rails, signed_off, evidence = live
        broken = _find_far(head, body, signed_off, rails) or find_failing(rails, evidence)
    return broken or Adopted()


def find_unsound(head: Snapshot, body: Snapshot, parents: Mapping[str, str | None]) -> Breach | None:
    """Whether a snapshot cannot follow another at all: another recipe, a broken body, or not its descendant."""
    if body.body.specification_hash != head.body.specification_hash:
        return Breach("integrity", "the snapshot is of another specification")
    try:
        check_body(body.body)
    except UnsoundSnapshotError as refusal:
        return Breach("integrity", str(refusal))
    if body.body.since_closed:
        return Breach("integrity", "the snapshot was taken amid a day")
    version: str | None = body.version
    if version != head.version and parents.get(body.version) != body.body.parent:
        return Breach("integrity", "the snapshot's parent is not the one that is known")
    while version is not None and version != head.version:
        version = parents.get(version)
    return None if version is not None else Breach("integrity", "the snapshot does not descend from the one in force")


def find_failing(rails: Rails, evidence: Evidence) -> Breach | None:
    """Whether the model that is in force has to fall silent, adopted or not: also while adoption is frozen."""
    if evidence.calibration >= 1 / rails.alpha:
        return Breach("calibration", "scores no longer mean what they say")
    prompts = evidence.prompts
    if confidence_sequence(prompts.hits, prompts.of, rails.alpha).high < rails.precision_bar:
        return Breach("precision", "too few prompts are followed by an outcome")
    if evidence.drift_alarm:
        return Breach("drift", "an alarm for drift is open")
    if evidence.today - evidence.groups_told_on > rails.group_report_days:
        return Breach("groups", "the group report is too old")
    for group in evidence.groups:
        if _misses_more(group, rails):
            return Breach("groups", "a group's children are missed more often than others")
    return None


def _find_far(head: Snapshot, body: Snapshot, signed_off: Snapshot, rails: Rails) -> Breach | None:
    if signed_off.body.specification_hash != body.body.specification_hash:
        return Breach("integrity", "another specification was signed for")
    if largest_change(head, body) > rails.step_bound:
        return Breach("step", "a score would change by more than one step may")
    if largest_change(signed_off, body) > rails.total_bound:
        return Breach("total", "a score would be too far from what was signed for")
    return None


def _misses_more(group: GroupCounts, rails: Rails) -> bool:
    """Each side at half of alpha, so that both hold together."""
    if group.missed is None or group.others is None:
        return False
    own = confidence_sequence(group.missed.hits, group.missed.of, rails.alpha / 2)
    others = confidence_sequence(group.others.hits, group.others.of, rails.alpha / 2)
    return own.low - others.high > rails.most_missed_difference
