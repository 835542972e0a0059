"""``earlyword evaluate EVENTS.ndjson``: a file of events through intake, families and desk, for the rows they make.

The same pure functions as ``earlyword rehearse``, under simulated time. The model is in shadow: every episode is
written down as it begins, and nobody is prompted by it, so what the rules did is what they would have done alone.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Final

from models.family.features import FEATURES
from models.family.rules import RulePack
from models.learning.judge import SnapshotJudge
from models.learning.plan import Declared
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.replayed import Replayed, join
from models.learning.snapshot import begin
from schemas.desk_events import Raised
from schemas.hub import Hub
from schemas.identifiers import Moment
from streams.evaluation.reading import Clock, ExamplesError, ExamplesFile
from streams.intake.pseudonyms import HubKey
from streams.rehearsal import Rehearsal, rehearse

REGISTERED: Final = tuple(
    Declared(name=feature.name, transform=feature.transform, sign=feature.sign)
    for feature in NEED_WITHIN_90_DAYS.features
)
"""The registered list, as a plan says it: nothing is left to the warm-up."""


def replay(
    lines: Iterable[bytes],
    hub: Hub,
    pack: RulePack,
    key: HubKey,
    until: Moment | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> tuple[Rehearsal, Replayed]:
    """The rehearsal of these lines with a model in shadow, and the rows that it made."""
    snapshot = begin(NEED_WITHIN_90_DAYS, {"python": platform.python_version(), "river": version("river")})
    rehearsal = rehearse(lines, hub, pack, key, until, on_progress, judge=SnapshotJudge(snapshot, "shadow"))
    raised = (
        (told.family, told.at)
        for told in rehearsal.sequence.told_to_desk
        if isinstance(told, Raised) and told.reason.rule is not None and told.kind == "review"
    )
    return rehearsal, join(rehearsal.sequence.examples, raised)


def as_file(replayed: Replayed) -> ExamplesFile:
    """The rows as if they had been read from a file. Raises ExamplesError where there are none."""
    if not replayed.examples:
        raise ExamplesError("no episode begins in them: there is nothing to learn or to measure")
    return ExamplesFile(
        examples=replayed.examples,
        features=tuple(feature.name for feature in FEATURES),
        clock=Clock.TIMES,
        repeats=0,
    )


def by_row(groups: dict[str, dict[str, str]], replayed: Replayed) -> dict[str, dict[str, str]]:
    """For each trait the group of each row, told of the row itself or else of its family."""
    return {
        trait: {
            row.id: group
            for row in replayed.examples
            if (group := known.get(row.id) or known.get(row.family or "")) is not None
        }
        for trait, known in groups.items()
    }
