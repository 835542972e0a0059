"""Which head follows, once a snapshot is published or a day is closed: the learner's only way to change what serves."""

from __future__ import annotations

from msgspec import Struct

from models.learning.admission import find_lacking, find_report
from models.learning.adopting import Breach, Rails, adopt, find_failing
from models.learning.evidence import Evidence, Gathering
from models.learning.gate import GateReport
from models.learning.heads import begin_in_shadow, demote, follow_budgets, move_on, thresholds_of
from models.learning.shelf import Shelf
from models.learning.snapshot import Snapshot, UnsoundSnapshotError
from models.learning.threshold import Thresholds
from schemas.identifiers import Day
from schemas.models import Head


class Now(Struct, frozen=True, kw_only=True):
    """What the learner knows as it decides. ``at`` is RFC 3339; ``frozen``: a setting stops adoption."""

    gathering: Gathering
    drift_alarm: bool
    thresholds: Thresholds
    today: Day
    at: str
    resume_offset: int
    frozen: bool


class Decision(Struct, frozen=True):
    """The head to write, if any, and the rail that broke, if one did."""

    head: Head | None
    breach: Breach | None = None


NOTHING = Decision(None)


def decide(name: str, shelf: Shelf, body: Snapshot, now: Now) -> Decision:
    """The head that follows the one in force, now that ``body`` is the newest snapshot."""
    head = shelf.head
    if head is None:
        return Decision(_begin(name, body, now, "the specification is registered"))
    if head.mode == "silent" or (head.frozen and head.mode != "live"):
        return NOTHING
    serving = _read(shelf, head.version)
    if serving is None:
        return Decision(
            _begin(name, body, now, "the snapshot in force is not of this specification", head),
            None if head.mode == "shadow" else Breach("integrity", "the snapshot in force is not known"),
        )
    live = None
    if head.mode == "live":
        terms = _find_terms(shelf, head, now.today)
        if isinstance(terms, Breach):
            return _demote(head, terms, now)
        report, rails, signed_off = terms
        evidence = _weigh(report, now)
        if (failing := find_failing(rails, evidence)) is not None:
            return _demote(head, failing, now)
        live = (rails, signed_off, evidence)
    if head.frozen or now.frozen or head.version == body.version:
        return _follow(head, now)
    adopted = adopt(serving, body, shelf.parents, live)
    if isinstance(adopted, Breach):
        return _demote(head, adopted, now)
    return Decision(move_on(head, body.version, thresholds=now.thresholds, at=now.at, resume_offset=now.resume_offset))


def _follow(head: Head, now: Now) -> Decision:
    """Nothing is adopted, and a live model goes on prompting: as many as the teams have room for in these days.

    To freeze is to keep a snapshot, not a level of work. In shadow a threshold raises nothing, and moves with adoption.
    """
    if head.mode != "live" or thresholds_of(head) == now.thresholds:
        return NOTHING
    return Decision(follow_budgets(head, now.thresholds, at=now.at, resume_offset=now.resume_offset))


def _begin(name: str, body: Snapshot, now: Now, reason: str, before: Head | None = None) -> Head:
    behind = 0 if before is None else before.resume_offset
    return begin_in_shadow(name, body.version, at=now.at, resume_offset=max(now.resume_offset, behind), reason=reason)


def _demote(head: Head, breach: Breach, now: Now) -> Decision:
    return Decision(demote(head, breach, at=now.at, resume_offset=now.resume_offset), breach)


def _find_terms(shelf: Shelf, head: Head, today: Day) -> tuple[GateReport, Rails, Snapshot] | Breach:
    """What was signed for; a breach where it is not to be found, or does not let the model in."""
    report = find_report(shelf, head)
    if report is None or report.rails is None:
        return Breach("integrity", "the report that passed the gate is not known")
    missing = find_lacking(shelf, report, today)
    if missing:
        groups_alone = all(one.condition == "groups" for one in missing)
        return Breach("groups" if groups_alone else "integrity", missing[0].what)
    signed_off = _read(shelf, report.version)
    if signed_off is None:
        return Breach("integrity", "the snapshot that was signed for is not known")
    return report, report.rails, signed_off


def _weigh(report: GateReport, now: Now) -> Evidence:
    return Evidence(
        calibration=now.gathering.calibration(report.until),
        prompts=now.gathering.prompts(report.until),
        drift_alarm=now.drift_alarm,
        groups=report.groups,
        groups_told_on=report.until,
        today=now.today,
    )


def _read(shelf: Shelf, version: str) -> Snapshot | None:
    try:
        return shelf.snapshot(version)
    except UnsoundSnapshotError:
        return None
