"""A contest: the learner and its comparators, on one timeline.

Until ``warm_up`` rows have matured nobody knows how the columns look, so nobody can score: all say the base rate. Then
the transforms, the base rate and the one-feature rule are fixed, from rows that came before everything that will be
measured; the rows of the warm-up are learned in their order; and the contest goes on. Where a plan declares everything,
the learner begins at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from msgspec import Struct

from models.learning.baselines import BatchLogistic, Contestant, OneFeatureRule, Prevalence, Vector, fix_rule
from models.learning.examples import Example
from models.learning.learner import Learner
from models.learning.plan import UNDECLARED, Plan
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import FTRL, Feature, Specification, UnsoundSpecificationError, prepare_vector
from models.learning.timeline import Asked, Matured, unfold
from models.transforms import declare

LEARNER = "learner"
PREVALENCE = "prevalence"
RULE = "one_feature_rule"
BATCH = "batch_logistic_regression"
CONTESTANTS = (LEARNER, PREVALENCE, RULE, BATCH)


class TooFewMaturedError(ValueError):
    """Not enough labels were final before the last event, so that nothing can be learned, let alone measured.

    Operator: give a longer time, or more rows; a label counts only for events after it was final.
    """


class Answer(Struct, frozen=True):
    """What each contestant said of one example before its label was known, in the order of ``CONTESTANTS``."""

    example: Example
    vector: Vector
    scores: tuple[float, ...]


class Contested(Struct, frozen=True, kw_only=True):
    """All answers, in order of time, and what was fixed on the way."""

    answers: tuple[Answer, ...]
    warmed_up_at: int
    """How many answers came before the warm-up was over."""
    specification: Specification
    rule: str
    learned: int
    snapshot: Snapshot


def contest(examples: Sequence[Example], plan: Plan, made_by: dict[str, str], name: str = "evaluated") -> Contested:
    """Everybody's answers to every example. ``examples`` must be in order (``put_in_order``).

    Raises TooFewMaturedError, and UnsoundSpecificationError where the plan's features cannot be worked with.
    """
    held = _Contest(plan, len(examples), made_by, name)
    for step in unfold(examples, plan.horizon):
        match step:
            case Matured(example):
                held.learn(example)
            case Asked(example):
                held.ask(example)
            case _:
                assert_never(step)
    return held.end()


class _Online:
    """The learner as a contestant."""

    def __init__(self, specification: Specification, made_by: dict[str, str]) -> None:
        self.learner = Learner(begin(specification, made_by))
        self.learn, self.score = self.learner.learn_one, self.learner.score


class _Contest:
    """The state of a contest: first a warm-up, in which rows are kept; then all contestants together."""

    def __init__(self, plan: Plan, rows: int, made_by: dict[str, str], name: str) -> None:
        self._plan, self._made_by, self._name = plan, made_by, name
        self._order = sorted(range(len(plan.features)), key=lambda column: plan.features[column].name)
        self._names = [plan.features[column].name for column in self._order]
        if plan.rule is not None and plan.rule not in self._names:
            raise UnsoundSpecificationError("the one-feature rule names a column that is not there")
        self._needed = plan.warm_up_of(rows)
        self._every = max(1, rows // plan.refits)
        self._early: list[tuple[Vector, bool]] = []
        self._answers: list[Answer] = []
        self._learned = 0
        self._warmed_up_at: int | None = None
        self._online: _Online | None = None
        self._batch: BatchLogistic | None = None
        self._rule: OneFeatureRule | None = None
        self._contestants: tuple[Contestant, ...] = ()
        if plan.prevalence is not None and all(one.transform is not None for one in plan.features):
            self._online = self._begin()

    def learn(self, example: Example) -> None:
        """Its label is final."""
        raw, label = self._raw(example), example.label is True
        self._learned += 1
        if self._contestants:
            row = self._vector(raw)
            for one in self._contestants:
                one.learn(row, label)
            return
        self._early.append((raw, label))
        if self._online is not None:
            self._online.learn(self._vector(raw), label)
        if len(self._early) == self._needed:
            self._end_warm_up()

    def ask(self, example: Example) -> None:
        """It is to be scored."""
        if self._batch is not None and len(self._answers) % self._every == 0:
            self._batch.refit()
        row = () if self._online is None else self._vector(self._raw(example))
        if self._contestants:
            scores = tuple(one.score(row) for one in self._contestants)
        else:
            base = self._base_rate()
            scores = (base if self._online is None else self._online.score(row), base, base, base)
        self._answers.append(Answer(example, row, scores))

    def end(self) -> Contested:
        """Nothing more happens: what is still waiting for its label is never learned."""
        if self._online is None or self._rule is None or self._warmed_up_at is None:
            raise TooFewMaturedError(f"fewer than {self._needed} labels were final before the last event")
        return Contested(
            answers=tuple(self._answers),
            warmed_up_at=self._warmed_up_at,
            specification=self._specification,
            rule=self._names[self._rule.feature],
            learned=self._learned,
            snapshot=self._online.learner.freeze(),
        )

    def _begin(self) -> _Online:
        """Fix the specification; the learner begins."""
        declared = all(one.transform is not None for one in self._plan.features)
        features = []
        for place, column in enumerate(self._order):
            one = self._plan.features[column]
            transform = declare([raw[place] for raw, _ in self._early]) if one.transform is None else one.transform
            features.append(Feature(name=one.name, transform=transform, sign=one.sign))
        self._specification = Specification(
            name=self._name,
            features=tuple(features),
            prevalence=self._base_rate(),
            ftrl=self._plan.ftrl or (FTRL() if declared else UNDECLARED),
            intercept_lr=self._plan.intercept_lr,
        )
        self._vector: Callable[[Vector], tuple[float, ...]] = prepare_vector(self._specification)
        return _Online(self._specification, self._made_by)

    def _end_warm_up(self) -> None:
        """Let the learner catch up, if it had to wait, and its comparators begin."""
        online = self._online
        if online is None:
            self._online = online = self._begin()
            for raw, label in self._early:
                online.learn(self._vector(raw), label)
        rows, labels = [self._vector(raw) for raw, _ in self._early], [label for _, label in self._early]
        fixed = None if self._plan.rule is None else self._names.index(self._plan.rule)
        sign = 0 if fixed is None else self._plan.features[self._order[fixed]].sign
        prevalence = self._specification.prevalence
        self._rule = fix_rule(rows, labels, fixed, sign)
        self._batch = BatchLogistic(len(self._names), prevalence)
        for row, label in zip(rows, labels, strict=True):
            self._batch.learn(row, label)
        self._batch.refit()
        self._contestants = (online, Prevalence(prevalence), self._rule, self._batch)
        self._warmed_up_at = len(self._answers)

    def _raw(self, example: Example) -> tuple[float, ...]:
        return tuple(example.features[column] for column in self._order)

    def _base_rate(self) -> float:
        """The registered base rate; else that of what has matured, drawn towards a half while that is little."""
        if self._plan.prevalence is not None:
            return self._plan.prevalence
        return (sum(label for _, label in self._early) + 1) / (len(self._early) + 2)
