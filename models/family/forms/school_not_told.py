"""A police notification with a child present, of which no school was told before the next school day began."""

from __future__ import annotations

from models.calendar.school_days import SchoolCalendar
from models.family.view import Concern, View
from models.family.vocabulary import SchoolNotTold
from schemas.facts import Notification
from schemas.identifiers import ChildId, Moment


def limit_of(concern: Concern, schools: SchoolCalendar) -> Moment | None:
    """The first 08:30 local of a school day after it happened; None for what is no PPN, or where none is known."""
    is_notification = isinstance(concern.saying, Notification) and concern.saying.notice_type == "PPN"
    return schools.first_school_day_moment_after(concern.at) if is_notification else None


def children_present(when: SchoolNotTold, concern: Concern) -> frozenset[ChildId]:
    """The children who were there, of a PPN with the concern; nobody for anything else."""
    saying = concern.saying
    if not isinstance(saying, Notification) or saying.notice_type != "PPN" or when.concern not in saying.concerns:
        return frozenset()
    return frozenset(about.child for about in concern.about if about.part is not None and about.part.present)


def was_told(view: View, concern: Concern) -> bool:
    """Whether an Encompass notice of the same agency and occurrence names a child of this family."""
    return concern.occurrence is not None and (concern.agency, concern.occurrence) in view.encompass
