"""What is scored and what became of it: the closed union of ``earlyword.examples.v1`` (one partition, MessagePack).

The restricted evaluation record: families writes it, and intake the counts of its feeds; only the learner and
``earlyword evaluate`` read it. A row is one *episode* of one family. Its id and its features do not hang on the
snapshot that scored it, so the same events make the same examples whatever model was in force, however many processes
there were, and wherever one was killed.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from schemas.events import Origin
from schemas.identifiers import Day, FamilyId, Moment

RowState: TypeAlias = Literal["positive", "negative", "censored", "void"]
"""What became of a row. Censored: nobody can know any more (the child died, moved out); void: it describes nobody."""

PromptedBy: TypeAlias = Literal["none", "rule", "model"]
"""Whether a prompt was raised for the family after the row was scored and within its horizon, and by what."""

Mode: TypeAlias = Literal["silent", "shadow", "live"]
"""What a model may do: nothing; be recorded; raise a prompt within the team's budget."""


class Scored(Struct, frozen=True, array_like=True, tag="scored"):
    """A row as it was scored. ``score`` is from 0 to 1 and stays inside; ``raised``: it put a candidate to the desk.

    ``features`` are raw values in the order of the feature list that ``feature_list`` names by its hash.
    ``reason`` is the id of the prompt's reason where one was raised, so that ``verify`` can find what it rested on.
    ``open_case``: a plan stood open, so that a prompt would have gone to the team for those, and ``threshold`` is that
    team's. Records from before this field say no.
    """

    row: str
    family: FamilyId
    at: Moment
    feature_list: str
    features: tuple[float, ...]
    snapshot: str
    score: float
    contributions: tuple[tuple[str, float], ...]
    threshold: float | None
    mode: Mode
    reason: str | None
    open_case: bool = False

    def __repr__(self) -> str:
        return "Scored(...)"


class Matured(Struct, frozen=True, array_like=True, tag="matured"):
    """A row whose label is final, with the features as they were frozen when it was scored.

    ``day`` is its maturity day: the local day on which horizon and grace were over. ``outcome_on`` is the day of the
    outcome that made it positive. ``was_in`` are the families that it was in before it came to ``family``, if it moved:
    the first of them is the one that it was scored in.
    """

    row: str
    family: FamilyId
    at: Moment
    day: Day
    state: RowState
    outcome_on: Day | None
    prompted: PromptedBy
    feature_list: str
    features: tuple[float, ...]
    was_in: tuple[FamilyId, ...] = ()

    @property
    def began_in(self) -> FamilyId:
        """The family that the row began in."""
        return self.was_in[0] if self.was_in else self.family

    def __repr__(self) -> str:
        return "Matured(...)"


class DayClosed(Struct, frozen=True, array_like=True, tag="closed"):
    """This partition of the families has sent every row whose maturity day is this one or an earlier one."""

    partition: int
    day: Day


class FeedsCounted(Struct, frozen=True, array_like=True, tag="feeds"):
    """What this partition of intake accepted on a local day of receipt, by feed (``agency/kind``), in order of feeds.

    Feeds of which it had nothing are left out; so are days before ``day`` of which it had nothing at all. It says
    nothing of a row, a family or a child, and comes when nothing of that day can still be on its way.
    """

    partition: int
    day: Day
    counts: tuple[tuple[str, int], ...]


ExampleEvent: TypeAlias = Scored | Matured | DayClosed | FeedsCounted


class ExampleRecord(Struct, frozen=True, array_like=True):
    """An example as it lies on ``earlyword.examples.v1``. ``origin`` is None for the end of a day and for counts."""

    origin: Origin | None
    event: Scored | Matured | DayClosed | FeedsCounted
