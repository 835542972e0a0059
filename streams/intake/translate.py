"""From a partner's words to ours: pseudonyms for identifiers and ids, moments and local days for times.

The one place that knows both vocabularies. Nothing is judged here and nothing left out: the check that a statement is
whole and sound was done before, what it means for a family comes later.
"""

from __future__ import annotations

from typing import Final, assert_never

from msgspec import Struct

from models.calendar.local_time import day_of, local_day, to_moment
from schemas.facts import Grade, Mark, Missing, Notification, Outcome, Part, Referral, Version, WireKind
from schemas.identifiers import AgencyId, Day, FactKey, IdentifierId, Moment
from schemas.statements import InFamily, Marks, Named, Raw, SameChild, Statement
from schemas.wire import family_link_v1, outcome_v1, police_notification_v1, referral_v1, school_absence_v1
from schemas.wire.common import Identifier
from schemas.wire.kinds import WireEvent
from streams.intake.pseudonyms import Pseudonyms

_RANK: Final = {"nhs-number": 0, "upn": 1, "la-child-id": 2, "police-nominal": 3, "local": 4}
"""Which identifier names the child before others do (EVENTS section 1)."""

_GRADES: Final[dict[str, Grade]] = {"green": 1, "standard": 1, "amber": 2, "medium": 2, "red": 3, "high": 3}


class Sender(Struct, frozen=True, gc=False):
    """Who said it, when and under which id: what the envelope and the record give to every statement."""

    agency: AgencyId
    kind: WireKind
    version: Version
    digest: bytes
    received_at: Moment
    raw: Raw


class _Content(Struct, frozen=True, gc=False):
    key: FactKey
    named: tuple[Named, ...]
    body: Referral | Notification | Outcome | Marks | SameChild | InFamily


def translate(event: WireEvent, sender: Sender, pseudonyms: Pseudonyms) -> Statement:
    """The statement that a partner's event makes. Its key is EVENTS section 2's, for marks the first identifier.

    Of identifiers given twice the first is kept; the order is that of EVENTS section 1, and within a scheme the
    partner's own.
    """
    content = _translate(event, sender.agency, pseudonyms)
    return Statement(
        key=content.key,
        agency=sender.agency,
        kind=sender.kind,
        version=sender.version,
        digest=sender.digest,
        received_at=sender.received_at,
        retracted=event.action == "retract",
        named=content.named,
        body=content.body,
        raw=sender.raw,
    )


def _translate(event: WireEvent, agency: AgencyId, pseudonyms: Pseudonyms) -> _Content:
    match event:
        case school_absence_v1.SchoolAbsence():
            names = _names(event.child.identifiers, agency, pseudonyms)
            return _Content(FactKey(names[0]), (Named(names),), _marks(event))
        case referral_v1.Referral():
            key = pseudonyms.fact(agency, "referral", event.referral_id)
            return _Content(key, _one(event.child.identifiers, agency, pseudonyms), _referral(event))
        case police_notification_v1.PoliceNotification():
            key = pseudonyms.fact(agency, "police-notification", event.notification_id)
            occurrence = pseudonyms.occurrence(agency, event.occurrence_ref)
            named = tuple(
                Named(_names(child.identifiers, agency, pseudonyms), Part(child.role, child.present, child.spoken_to))
                for child in event.children
            )
            return _Content(key, named, _notification(event, occurrence))
        case outcome_v1.Outcome():
            key = pseudonyms.fact(agency, "outcome", event.kind, event.outcome_id)
            referral = None if event.referral_id is None else pseudonyms.fact(agency, "referral", event.referral_id)
            body = Outcome(kind=event.kind, on=day_of(event.occurred_on), result=event.result, referral=referral)
            return _Content(key, _one(event.child.identifiers, agency, pseudonyms), body)
        case family_link_v1.FamilyLink():
            key = pseudonyms.fact(agency, "family-link", event.link_id)
            names = _names(event.child.identifiers, agency, pseudonyms)
            return _Content(key, (Named(names),), _link(event, names, agency, pseudonyms))
    assert_never(event)


def _one(identifiers: tuple[Identifier, ...], agency: AgencyId, pseudonyms: Pseudonyms) -> tuple[Named]:
    return (Named(_names(identifiers, agency, pseudonyms)),)


def _names(identifiers: tuple[Identifier, ...], agency: AgencyId, pseudonyms: Pseudonyms) -> tuple[IdentifierId, ...]:
    if len(identifiers) > 1:
        identifiers = tuple(sorted(identifiers, key=lambda identifier: _RANK[identifier.scheme]))
    pseudonym = pseudonyms.identifier
    names = [pseudonym(identifier.scheme, identifier.agency or agency, identifier.value) for identifier in identifiers]
    return tuple(dict.fromkeys(names))


def _referral(event: referral_v1.Referral) -> Referral:
    referred_at = to_moment(event.referred_at)
    decided_at = None if event.decided_at is None else to_moment(event.decided_at)
    return Referral(
        referred_at=referred_at,
        on=local_day(referred_at),
        source_code=event.source_code,
        primary_need=event.primary_need,
        outcome=event.outcome,
        decided_at=decided_at,
        decided_on=None if decided_at is None else local_day(decided_at),
        factors=event.factors,
        closed_on=None if event.closed_on is None else day_of(event.closed_on),
        closure_reason=event.closure_reason,
    )


def _notification(event: police_notification_v1.PoliceNotification, occurrence: str) -> Notification:
    occurred_at = to_moment(event.occurred_at)
    return Notification(
        notice_type=event.notice_type,
        occurred_at=occurred_at,
        on=local_day(occurred_at),
        occurrence=occurrence,
        grade=None if event.grade is None else _GRADES[event.grade],
        concerns=event.concerns,
        missing=None if event.missing is None else _missing(event.missing),
    )


def _missing(episode: police_notification_v1.MissingEpisode) -> Missing:
    started_at = to_moment(episode.started_at)
    ended_at = None if episode.ended_at is None else to_moment(episode.ended_at)
    return Missing(
        category=episode.category,
        started_at=started_at,
        started_on=local_day(started_at),
        ended_at=ended_at,
        ended_on=None if ended_at is None else local_day(ended_at),
    )


def _marks(event: school_absence_v1.SchoolAbsence) -> Marks:
    marks = tuple(
        Mark(on=Day(mark.date.toordinal()), session=0 if mark.session == "AM" else 1, code=mark.code)
        for mark in event.marks
    )
    return Marks(school=event.school, marks=marks)


def _link(
    event: family_link_v1.FamilyLink, names: tuple[IdentifierId, ...], agency: AgencyId, pseudonyms: Pseudonyms
) -> SameChild | InFamily:
    if event.family is None:
        return SameChild(identifiers=names)
    return InFamily(identifier=names[0], family=pseudonyms.family(agency, event.family))
