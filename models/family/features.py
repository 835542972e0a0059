"""What a model may look at: a published, frozen list. A change of it is a change of specification.

Each feature has a name that says what and within how many days, the words that it reads (``models.family.reading``),
the partners' fields behind these, a fixed bounded transform, the sign that practitioners allow its weight, and the
sentence it is told in. Features of one concept are told as one. ``FEATURE_LIST`` names the list: whoever changes one
changes that. A feature whose meaning changes gets a new name.

A count says how often, never of how many children: several on one day, or about one incident, count once. In a
sentence it stands after what it counts, so that it reads right for one and for several.
"""

from __future__ import annotations

from typing import Final

from models.family.counting import DaysSince, Ever, Missed, MissedMore, Places, Standing, Steady, Times
from models.family.feature import Concept, Feature
from models.family.reading import YEAR, Reading
from models.family.view import View
from models.transforms import Count, Flag, Range, Recency
from schemas.identifiers import Moment

_POLICE: Final = (
    "police-notification.notice_type", "police-notification.occurrence_ref", "police-notification.occurred_at",
)  # fmt: skip
_REFERRED: Final = ("referral.source_code", "referral.referred_at")
_DECIDED: Final = (*_REFERRED, "referral.outcome", "referral.decided_at")
_CONCERN: Final = (*_POLICE, *_REFERRED)
_OUTCOME: Final = ("outcome.kind", "outcome.occurred_on")
_MARKS: Final = ("school-absence.date", "school-absence.session", "school-absence.code")


_IN_THE_DAYS: Final = "in the {days} days up to {until}: {count}, the latest on {latest}."


def _times(name: str, concept: Concept, word: str, days: int, cap: int, sources: tuple[str, ...], what: str) -> Feature:
    return Feature(
        name=f"{name}-{days}",
        concept=concept,
        reads=Times(word, days),
        sources=sources,
        transform=Count(cap=cap),
        sign=1,
        says=f"{what} {_IN_THE_DAYS}",
    )


def _police(name: str, concept: Concept, word: str, days: int, cap: int, what: str, *more: str) -> Feature:
    """Police contact measures policing, too: caps are low, and an incident counts once."""
    sources = (*_POLICE, *(f"police-notification.{field}" for field in more))
    return _times(name, concept, word, days, cap, sources, what)


def _ended(name: str, word: str, what: str) -> Feature:
    return Feature(
        name=f"{name}-{YEAR}",
        concept="plans that ended",
        reads=Ever(word),
        sources=_OUTCOME,
        transform=Flag(),
        sign=1,
        says=f"{what} ended on {{latest}}.",
    )


_ALL: Final = (
    _police("abuse", "abuse, neglect or exploitation", "abuse", YEAR, 2,
            "Incidents for which the police noted abuse of a child", "concerns"),
    _police("child-there", "a child was there", "child-there", 90, 3,
            "Incidents at which the police say that a child was there", "children.present"),
    Feature(name="days-since-concern", concept="how lately", reads=DaysSince(), sources=_CONCERN,
            transform=Recency(scale=30.0), sign=1, says="The newest concern is of {latest}."),
    Feature(name="days-since-earlier-concern", concept="how lately", reads=DaysSince(before_newest=True),
            sources=_CONCERN, transform=Recency(scale=60.0), sign=1, says="There was a concern before, on {latest}."),
    _police("domestic-abuse", "domestic abuse", "domestic-abuse", 90, 3,
            "Incidents of domestic abuse that the police told of", "concerns"),
    _ended("early-help-ended", "early-help-ended", "An early help plan"),
    Feature(name="early-help-open", concept="help in place", reads=Standing("early-help-open"), sources=_OUTCOME,
            transform=Flag(), sign=-1, says="An early help plan has been open since {latest}."),
    _times("enquiries", "enquiries and assessments", "enquiry", YEAR, 2, _OUTCOME,
           "Child protection enquiries that began"),
    _police("exploitation", "abuse, neglect or exploitation", "exploitation", YEAR, 2,
            "Incidents for which the police noted that a child was made use of", "concerns"),
    _police("highest-grade", "the police told of incidents", "police-highest", YEAR, 2,
            "Incidents that the police put in the highest grade", "grade"),
    _ended("in-need-plan-ended", "in-need-plan-ended", "A child in need plan"),
    _police("middle-or-highest-grade", "the police told of incidents", "police-middle-or-highest", 90, 3,
            "Incidents that the police put in the middle or highest grade", "grade"),
    _police("missing", "a child was missing", "missing", YEAR, 5,
            "Times that a child was reported missing", "missing.category", "children.role"),
    _police("missing", "a child was missing", "missing", 90, 3,
            "Times that a child was reported missing", "missing.category", "children.role"),
    _times("need-found", "enquiries and assessments", "need-found", YEAR, 2, (*_OUTCOME, "outcome.result"),
           "Assessments that found a need for help"),
    _police("neglect", "abuse, neglect or exploitation", "neglect", YEAR, 2,
            "Incidents for which the police noted neglect", "concerns"),
    Feature(name=f"no-need-found-{YEAR}", concept="no need found", reads=Times("no-need-found"),
            sources=(*_OUTCOME, "outcome.result"), transform=Count(cap=2), sign=-1,
            says=f"Assessments that led to no further action {_IN_THE_DAYS}"),
    Feature(name="places-28", concept="several places", reads=Places(28), sources=_CONCERN, transform=Count(cap=4),
            sign=1, says="Places that concerns came from in the {days} days up to {until}: {count} ({places})."),
    _police("police", "the police told of incidents", "police", YEAR, 6, "Incidents that the police told of"),
    _police("police", "the police told of incidents", "police", 90, 4, "Incidents that the police told of"),
    _ended("protection-ended", "protection-ended", "A child protection plan or a placement"),
    _times("referrals-assessed", "referrals", "referral-assessed", YEAR, 2, _DECIDED,
           "Days with a referral that was passed on to be assessed"),
    _times("referrals", "referrals", "referral", 28, 2, _REFERRED, "Days with a referral"),
    _times("referrals", "referrals", "referral", YEAR, 4, _REFERRED, "Days with a referral"),
    _times("referrals-without-action", "referrals", "referral-without-action", YEAR, 3, _DECIDED,
           "Days with a referral that was closed with no action or with advice"),
    _times("referred-again", "referrals", "referred-again", YEAR, 2, _REFERRED,
           "Days with a referral within a year of an earlier one,"),
    _times("referred-for-abuse-or-neglect", "referrals", "referred-for-abuse-or-neglect", YEAR, 2,
           (*_REFERRED, "referral.primary_need"), "Days with a referral about abuse or neglect"),
    Feature(name="steady-attendance-28", concept="school attended", reads=Steady(), sources=_MARKS, transform=Flag(),
            sign=-1, says="No child missed over a tenth of school without leave in the {days} days up to {until}."),
    Feature(name="unauthorised-28", concept="missed school", reads=Missed(), sources=_MARKS, transform=Count(cap=20),
            sign=1, says="School sessions a child missed without leave in the {days} days up to {until}: {count}."),
    Feature(name="unauthorised-rise-28", concept="missed school", reads=MissedMore(), sources=_MARKS,
            transform=Range(low=0.0, high=0.5), sign=1,
            says="A child missed more school without leave in the {days} days up to {until} than in the weeks before."),
)  # fmt: skip
FEATURES: Final[tuple[Feature, ...]] = tuple(sorted(_ALL, key=lambda feature: feature.name))
"""The list, in the order of the names."""

FEATURE_LIST: Final = "8cd28782166381a6"
"""The name of this list: the hash that snapshots made from it carry (``features_hash``), 16 hexadecimal digits."""


def describe(view: View, at: Moment) -> tuple[float, ...]:
    """The raw values of a family at a moment, in the order of the list. What came to be later is not seen."""
    reading = Reading(view, at)
    return tuple([feature.reads.measure(reading) for feature in FEATURES])
