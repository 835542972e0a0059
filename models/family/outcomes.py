"""What services found or did of a child, as features and reasons see it: each outcome that holds, with its holder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from models.calendar.local_time import midnight
from models.family.view import View, fact_id
from schemas.facts import Outcome
from schemas.identifiers import AgencyId, ChildId, FactKey, IdentifierId, Moment


class OutcomeSeen(NamedTuple):
    """An outcome of one child."""

    child: ChildId
    key: FactKey
    holder: IdentifierId
    agency: AgencyId
    saying: Outcome

    @property
    def fact(self) -> str:
        """The published id of the outcome."""
        return fact_id(self.key, self.holder)

    @property
    def at(self) -> Moment:
        """For order a date without time is 00:00."""
        return midnight(self.saying.on)

    def __repr__(self) -> str:
        return "OutcomeSeen(...)"


def outcomes_of(view: View, child: ChildId) -> Iterator[OutcomeSeen]:
    """All outcomes that hold of a child."""
    for key, known in view.facts(child):
        saying = known.saying
        if isinstance(saying, Outcome):
            yield OutcomeSeen(child, key, view.told.holders_of(child, key)[0], known.agency, saying)
