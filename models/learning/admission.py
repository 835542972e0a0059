"""Whether the report that a live head names is there, and lets the model in by the plan that was registered."""

from __future__ import annotations

from models.learning.gate import GateReport, Missing, find_missing, hash_gate_plan
from models.learning.heads import lower
from models.learning.shelf import Shelf
from schemas.examples import Mode
from schemas.identifiers import Day
from schemas.models import Head

_WHAT_TO_DO = "sign off with a report that passes (`earlyword model sign-off`), or set EARLYWORD_MODEL=shadow."


def find_report(shelf: Shelf, head: Head) -> GateReport | None:
    """The report that a head names; None where it, its rails or the plan are not known."""
    report = None if head.gate is None else shelf.report(head.gate)
    return None if report is None or report.rails is None or shelf.plan is None else report


def find_lacking(shelf: Shelf, report: GateReport, today: Day) -> tuple[Missing, ...]:
    """What the registered plan would refuse in a report that was signed, as of this day."""
    plan = shelf.plan
    if plan is None:
        return (Missing("plan", "no plan was registered before the first label"),)
    return find_missing(plan, hash_gate_plan(plan), report, today=today, signed_by="on record")


def is_admitted(shelf: Shelf, head: Head) -> bool:
    """Whether the gate was passed, as of the report's own day.

    What was accepted "until a date" is the learner's to end, as every rail is. Were the date looked at here, families
    that start on the day after would not start, no day would be closed, and the learner would never end it.
    """
    report = find_report(shelf, head)
    return report is not None and not find_lacking(shelf, report, report.until)


def why_not_start(shelf: Shelf, most: Mode) -> str | None:
    """Why families may not start: what stands on the topic would prompt people, and passed no gate. None if they may.

    One sentence that says what to do. It is asked at the start alone: who runs already goes on with the rules, and with
    the model in shadow (``serving.py``).
    """
    if most != "live":
        return None
    if shelf.says_live_without_gate:
        return f"The head of the model says live and names no report of the gate; {_WHAT_TO_DO}"
    head = shelf.head
    if head is None or lower(head.mode, most) != "live" or is_admitted(shelf, head):
        return None
    if find_report(shelf, head) is None:
        return f"The model is live, and the report of its gate or the registered plan is not there; {_WHAT_TO_DO}"
    return f"The model is live, and its report does not pass the gate by the registered plan; {_WHAT_TO_DO}"
