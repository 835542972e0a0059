"""``earlyword evaluate --recorded``: the rows that a running hub wrote down, from its topics.

A partner's topic keeps its records for days, the learner's examples stay for thirteen months: so a hub's own year is
looked back on from these. Each row has the features that were frozen when it was scored, and the label that came of it;
they are judged by the same timeline, learner and measures as rows of a replay.

The order of the log does not matter. A row whose scoring is not there (its retention is over, or no model was asked
then) cannot be placed in time and is left out, and so is one of another list of features.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.calendar.local_time import to_moment
from models.family.features import FEATURE_LIST
from models.learning.replayed import Replayed, join, leave_out_unscored
from schemas.examples import Matured, Scored
from schemas.identifiers import FamilyId, Moment
from streams.evaluation.recorded import Records


def recall(records: Records) -> Replayed:
    """The rows on record, beside what rules raised. Raises ContradictingRowsError, UnreadableRecord, TimeoutError."""
    told = (
        record.event
        for record in records.examples()
        if isinstance(record.event, Scored | Matured) and record.event.feature_list == FEATURE_LIST
    )
    return join(leave_out_unscored(told), _raised_by_rules(records))


def _raised_by_rules(records: Records) -> Iterator[tuple[FamilyId, Moment]]:
    """Family and moment of each reason for review that a rule gave; a prompt's revisions repeat its reasons."""
    known = {
        reason.id: (prompt.family, to_moment(reason.since))
        for prompt in records.prompts()
        if prompt.kind == "review"
        for reason in prompt.reasons
        if reason.rule is not None
    }
    yield from known.values()
