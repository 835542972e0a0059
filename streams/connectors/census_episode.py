"""One episode of need (``CINdetails``): the referral, and what came of it.

What an episode says under which key, and what happens when it contradicts itself, is in the README's table.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from streams.connectors.census_event import Census, derive_id
from streams.connectors.census_fields import miss, need_day, note, read_code, read_day, refuse
from streams.connectors.census_shape import CLOSURE_REASONS, PRIMARY_NEEDS, REFERRAL_SOURCES, TRUTHS
from streams.connectors.census_steps import Step, Steps, tell_steps
from streams.connectors.london_time import start_of
from streams.connectors.repeats import Repeats
from streams.connectors.reports import Lost, Noted, Reason, Refused, Told
from streams.connectors.xml_parts import Part


def tell_episode(
    details: Part, local: str, identifiers: list[dict[str, str]], census: Census, repeats: Repeats
) -> Iterator[Told]:
    """The episode's reports, its referral, then its outcomes in the order of the file.

    ``local`` is the child's LAchildID: with the date of referral it is what the referral is known by from one yearly
    file to the next.
    """
    if details.is_too_long:
        yield refuse(details, Reason.TOO_MANY, Lost.EPISODE)
        return
    opened = need_day(details, "CINreferralDate", Lost.EPISODE, not_after=census.last_day)
    if isinstance(opened, Refused):
        yield opened
        return
    nth = repeats.count("referral", local, opened.isoformat())  # before any refusal: a repaired file keeps its ids
    source = read_code(details, "ReferralSource", Lost.EPISODE, REFERRAL_SOURCES)
    if source is None or isinstance(source, Refused):
        yield source or miss(details, "ReferralSource", Lost.EPISODE)
        return
    if nth:
        yield note(details, Reason.SAME_DAY_REFERRALS)

    need = read_code(details, "PrimaryNeedCode", Lost.VALUE, PRIMARY_NEEDS)
    went_no_further = _read_truth(details, "ReferralNFA")
    yield from (said for said in (need, went_no_further) if isinstance(said, Refused | Noted))
    closed, closure, remarks = _read_closure(details, opened, census)
    yield from remarks
    steps = tell_steps(details, opened, closed, closure, census)
    yield from steps.remarks
    outcome = _outcome(went_no_further is True, steps)
    if went_no_further is True and steps.taken:
        yield note(details, Reason.NFA_WITH_ACTIVITY)

    referral_id = derive_id("referral", census.agency, local, opened.isoformat(), str(nth))
    child = {"identifiers": identifiers}
    referred_at = start_of(opened).isoformat()
    is_closed = closed is not None and closure is not None
    fields: dict[str, Any] = {
        "referral_id": referral_id,
        "child": child,
        "referred_at": referred_at,
        "source_code": source,
        "primary_need": need if isinstance(need, str) else None,
        "outcome": outcome,
        "decided_at": None if outcome is None else referred_at,
        "factors": list(steps.factors),
        "closed_on": closed.isoformat() if closed is not None and is_closed else None,
        "closure_reason": closure if is_closed else None,
    }
    yield census.state("referral", (referral_id,), fields)
    for step in steps.taken:
        yield _state_outcome(step, referral_id, child, census)
    if closed is not None:
        yield _state_outcome(Step("case-closed", "closure", closed, closure), referral_id, child, census)


def _outcome(went_no_further: bool, steps: Steps) -> str | None:
    """What the first decision was, as far as the census says it; it has no field for early help or advice."""
    if went_no_further:
        return "no-further-action"
    if steps.has_assessment:
        return "assessment"
    return "strategy-discussion" if steps.has_enquiry else None


def _read_truth(details: Part, name: str) -> bool | Refused | Noted:
    part = details.first(name)
    if part is None or not (part.text or part.is_too_long):
        absent = part or details
        return Noted(place=f"{details.place}/{name}", line=absent.line, column=absent.column, reason=Reason.MISSING)
    truth = None if part.is_too_long else TRUTHS.get(part.text.lower())
    return refuse(part, Reason.UNKNOWN_CODE, Lost.VALUE) if truth is None else truth


def _read_closure(details: Part, opened: date, census: Census) -> tuple[date | None, str | None, list[Refused | Noted]]:
    """Date and reason of closing as far as they can be used, and what to say about them."""
    remarks: list[Refused | Noted] = []
    closed = read_day(details, "CINclosureDate", Lost.VALUE, not_after=census.last_day)
    closure = read_code(details, "ReasonForClosure", Lost.VALUE, CLOSURE_REASONS)
    remarks += [said for said in (closed, closure) if isinstance(said, Refused)]
    day = closed if isinstance(closed, date) else None
    reason = closure if isinstance(closure, str) else None
    part = details.first("CINclosureDate")
    if day is not None and part is not None and day < opened:
        return None, None, [*remarks, refuse(part, Reason.CLOSED_BEFORE_REFERRAL, Lost.VALUE)]
    if (day is None) != (reason is None):
        remarks.append(note(part or details.first("ReasonForClosure") or details, Reason.CLOSURE_INCOMPLETE))
    return day, reason, remarks


def _state_outcome(step: Step, referral_id: str, child: dict[str, Any], census: Census) -> Told:
    outcome_id = derive_id("outcome", referral_id, step.thread)
    fields = {
        "outcome_id": outcome_id,
        "child": child,
        "kind": step.kind,
        "occurred_on": step.on.isoformat(),
        "result": step.result,
        "referral_id": referral_id,
    }
    return census.state("outcome", (outcome_id, step.kind), fields)
