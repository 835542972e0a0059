"""What lies on ``earlyword.models.v1`` (one partition, compacted, canonical JSON): snapshots, and what they may do.

| key | value |
|---|---|
| ``snapshot/<version>`` | a body (``models.learning.snapshot``), never rewritten; two headers below |
| ``head/<specification>`` | ``Head``: which body is in force, and what it may do |
| ``plan/<specification>`` | the registered plan of its gate (``models.learning.gate``) |
| ``gate/<hash>`` | a report that passed the gate, named by a head |
| ``challengers/<specification>`` | how its challengers stand (``schemas.challengers``) |

A body is acknowledged before the head that names it. Who reads this topic leaves keys alone that it does not know.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from schemas.examples import Mode

SNAPSHOT: Final = "snapshot/"
HEAD: Final = "head/"
PLAN: Final = "plan/"
GATE: Final = "gate/"

RESUME_OFFSET: Final = "resume-offset"
"""A header of a snapshot, decimal: the first offset of ``earlyword.examples.v1`` that is not learned in it."""

LEARNED_IN: Final = "learned-in"
"""A header of a snapshot: the mode in which its last day was learned. In live mode prompted rows are left out."""

LEARNER: Final = "learner"
"""Who wrote a head that no person wrote. No person goes by this name."""


Rail: TypeAlias = Literal["integrity", "step", "total", "calibration", "precision", "drift", "groups"]
"""What can take a live model back to shadow (``models.learning.adopting``)."""


class Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a specification's model may do from now on.

    ``specification`` is its name. ``threshold`` is the score that fills the daily budget of the team to which prompts
    about families without an open plan go; ``threshold_open_case`` that of the team for families with one, left out
    where it is the same: so in a hub with one team, and in heads from before this field. None: nothing is known yet, or
    the team has no budget. They stay inside, as every score does. ``at`` is RFC 3339. ``gate`` is the hash of the
    report that passed, None before. Of two heads that with the lower ``resume_offset`` is the older one, whatever their
    order on the topic: a learner that slept may write late.
    """

    specification: str
    version: str
    mode: Mode
    frozen: bool
    threshold: float | None
    reason: str
    by: str
    at: str
    resume_offset: int
    gate: str | None
    threshold_open_case: float | UnsetType | None = UNSET

    def __repr__(self) -> str:
        return f"Head({self.specification}, {self.version}, {self.mode})"
