"""A model's reason in words: sentences of features, and the facts that these count. No number of the model is in it.

What each feature adds is exact, and decides which concepts are told, at most three; they are told in the order of the
published list, not of their weight. The reason remembers its features by name, so that when a fact that it names is
corrected or taken back, the same sentences are put together anew from what stands, without the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from msgspec import Struct

from models.calendar.local_time import local_day, to_datetime
from models.family.counting import Gathered
from models.family.feature import CONCEPTS, Concept, Feature
from models.family.features import FEATURES
from models.family.forms.finding import Found, Trigger
from models.family.judge import Judge
from models.family.outcomes import OutcomeSeen
from models.family.reading import Reading
from models.family.reasons import name_facts
from models.family.view import Absence, Concern, View
from models.family.words import date_words, join_words
from schemas.identifiers import FactKey, Moment, ReasonId, RuleId
from schemas.prompts import ModelVersion, Reason, SpeaksAgainst

QUESTION: Final = "Has anyone looked at all of this together?"
TITLE: Final = "several things seen together"
MOST_RAISING: Final = 3

_BY_NAME: Final = {feature.name: feature for feature in FEATURES}
_MARK: Final = "model:"
_NAMES: Final = ","


class Weighed(Struct, frozen=True):
    """What a judge's contributions say, by concept: at most three that raise, and all that lower.

    Each is told by its feature that adds, or takes, most.
    """

    raising: tuple[Feature, ...]
    lowering: tuple[Feature, ...]

    @property
    def rests_on_a_concern(self) -> bool:
        """Whether a referral or notification is in it: missed school or outcomes alone call nobody."""
        return any(feature.is_of_concern for feature in self.raising)


def weigh(contributions: Iterable[tuple[str, float]]) -> Weighed:
    """Contributions grouped before they are compared, else one thing seen in three windows would split and cancel."""
    by_concept: dict[Concept, list[tuple[float, str]]] = {}
    for name, value in contributions:
        by_concept.setdefault(_BY_NAME[name].concept, []).append((value, name))
    sums = {concept: sum(value for value, _ in parts) for concept, parts in by_concept.items()}
    most = sorted((concept for concept in sums if sums[concept] > 0), key=lambda one: (-sums[one], one))[:MOST_RAISING]
    raising = [concept for concept in CONCEPTS if concept in most]
    lowering = [concept for concept in CONCEPTS if sums.get(concept, 0) < 0]
    return Weighed(
        tuple(_BY_NAME[max(by_concept[concept])[1]] for concept in raising),
        tuple(_BY_NAME[min(by_concept[concept])[1]] for concept in lowering),
    )


def find_told(view: View, features: Sequence[Feature], at: Moment) -> Found | None:
    """What these features tell of a moment, as the facts stand; None where no concern is left among it."""
    reading = Reading(view, at)
    gathered = [(feature, feature.reads.gather(reading)) for feature in features]
    told = [(feature, one) for feature, one in gathered if one.count]
    if not any(feature.is_of_concern for feature, _ in told):
        return None
    concerns, outcomes, absences = _facts_of([one for _, one in told])
    return Found(
        trigger=Trigger(at, _NAMES.join(feature.name for feature in features), local_day(at), None),
        concerns=concerns,
        absences=absences,
        text=" ".join(say(feature, one, reading) for feature, one in told),
        outcomes=outcomes,
    )


def find_again(view: View, trigger: str, at: Moment) -> Found | None:
    """The same for a reason that remembers its features; those that are in the list no more are left out."""
    return find_told(view, [_BY_NAME[name] for name in trigger.split(_NAMES) if name in _BY_NAME], at)


def say(feature: Feature, gathered: Gathered, reading: Reading) -> str:
    """A feature's sentence, filled with raw values and dates."""
    return feature.says.format(
        count=gathered.count,
        days=feature.days,
        until=date_words(reading.today),
        latest="" if gathered.latest is None else date_words(gathered.latest),
        places=join_words(gathered.places),
    )


def say_against(view: View, features: Iterable[Feature], at: Moment) -> tuple[SpeaksAgainst, ...]:
    """What lowered a score, as something that speaks the other way."""
    reading = Reading(view, at)
    against: list[SpeaksAgainst] = []
    for feature in features:
        gathered = feature.reads.gather(reading)
        concerns, outcomes, absences = _facts_of([gathered])
        found = Found(Trigger(at, "", reading.today, None), concerns, absences, "", outcomes=outcomes)
        against.append(SpeaksAgainst(text=say(feature, gathered, reading), facts=name_facts(found)))
    return tuple(against)


def state_model_reason(identity: ReasonId, model: ModelVersion | None, since: Moment, found: Found) -> Reason:
    """The reason as the desk is told it."""
    return Reason(
        id=identity, text=found.text, since=to_datetime(since), rule=None, model=model, facts=name_facts(found)
    )


def rule_of(judge: Judge) -> RuleId:
    """What a raised reason of a model is remembered by in place of a rule."""
    return RuleId(f"{_MARK}{judge.specification}:{judge.version}")


def model_of(rule: RuleId) -> ModelVersion | None:
    """The model of a remembered reason; None for a rule's."""
    if not rule.startswith(_MARK):
        return None
    specification, _, version = rule.removeprefix(_MARK).rpartition(":")
    return ModelVersion(specification=specification, version=version)


def _facts_of(
    gathered: Sequence[Gathered],
) -> tuple[tuple[Concern, ...], tuple[OutcomeSeen, ...], tuple[Absence, ...]]:
    """All facts that were counted, each once."""
    items = list(chain.from_iterable(one.items for one in gathered))
    concerns: dict[FactKey, Concern] = {concern.key: concern for item in items for concern in item.concerns}
    outcomes: dict[str, OutcomeSeen] = {outcome.fact: outcome for item in items for outcome in item.outcomes}
    absences: dict[str, Absence] = {absence.fact: absence for one in gathered for absence in one.absences}
    return tuple(concerns.values()), tuple(outcomes.values()), tuple(absences.values())
