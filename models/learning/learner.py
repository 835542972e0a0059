"""The learner: River's logistic regression under our optimiser, and the only file that imports River.

A fold: a snapshot and examples give the next snapshot, and where the fold is cut changes nothing. Four things are not
River's (``README.md`` has what was measured):

* the optimiser writes a weight *after* it has taken in the current gradient, not before, and never lets a weight have a
  sign that its feature is not allowed;
* the logit is summed exactly (``math.fsum``), so that the order of features in a row changes no bit, and the learner
  sees, to the bit, the score that ``scorer.py`` gives;
* the intercept is learned as a weight is, of a feature that everybody has, and corrected by what was scored;
* what scores is a mean of the weights on the way. The optimiser's own weights go on jumping about the best ones, as far
  as its steps reach; their mean comes as near as a fit of all rows at once. Only the last share of the way counts, so
  that what was believed at the beginning, or before the world changed, fades.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version as installed_version
from operator import mul
from typing import Any

from msgspec.structs import replace
from river import drift, linear_model, optim

from models.learning.drift import Watched
from models.learning.examples import UnfitExampleError
from models.learning.scorer import logistic, sum_logit
from models.learning.snapshot import Body, OptimiserState, Snapshot
from models.transforms import FARTHEST

RIVER = installed_version("river")

INTERCEPT = ""
"""The feature that everybody has, as the optimiser knows it. No column is named so."""


class SignedFTRL(optim.FTRLProximal):
    """FTRL-proximal without River's lag of one example, and with signs.

    Source: McMahan and others, 2013, "Ad click prediction: a view from the trenches", algorithm 1. The objective
    separates by feature, so setting a weight of the wrong sign to 0 is its exact constrained minimum.
    """

    def __init__(self, alpha: float, beta: float, l1: float, l2: float, signs: Mapping[str, int]) -> None:
        super().__init__(alpha, beta, l1, l2)
        self.signs = dict(signs)

    def weight(self, name: str) -> float:
        """The weight that follows from what is remembered of a feature."""
        total = self.z[name]
        if abs(total) <= self.l1:
            return 0.0
        root = math.sqrt(self.n[name])
        weight = -(total - math.copysign(self.l1, total)) / ((self.beta + root) / self.alpha + self.l2)
        return 0.0 if weight * self.signs[name] < 0 else weight

    def _step_with_dict(self, w: Any, g: Any) -> Any:  # River's private name: a test holds it to its place
        alpha, z, n = self.alpha, self.z, self.n
        for name, gradient in g.items():
            squares = n[name]
            more = squares + gradient * gradient
            z[name] += gradient - (math.sqrt(more) - math.sqrt(squares)) / alpha * w.get(name, 0.0)
            n[name] = more
            w[name] = self.weight(name)
        return w


class ExactLogisticRegression(linear_model.LogisticRegression):
    """River's logistic regression with a logit that no order of features can change."""

    def _raw_dot_one(self, x: dict[str, float]) -> float:  # River's private name: a test holds it to its place
        weights = self._weights
        return sum_logit([value * weights[name] for name, value in x.items()], self.intercept)


class Learner:
    """One model that learns. Not for threads: scorers read the snapshots that it freezes."""

    def __init__(self, snapshot: Snapshot) -> None:
        body = snapshot.body
        self._body = body
        self._closed = snapshot if body.since_closed == 0 else None
        self._names = tuple(feature.name for feature in body.specification.features)
        self._ftrl = ftrl = body.specification.ftrl
        signs = {one.name: one.sign for one in body.specification.features}
        self._optimiser = optimiser = SignedFTRL(ftrl.alpha, ftrl.beta, ftrl.l1, ftrl.l2, {**signs, INTERCEPT: 0})
        optimiser.z.update({**body.optimiser.z, INTERCEPT: body.optimiser.intercept_z})
        optimiser.n.update({**body.optimiser.n, INTERCEPT: body.optimiser.intercept_n})
        optimiser.n_iterations = body.optimiser.n_iterations
        self._start = body.specification.starting_intercept
        self._model = ExactLogisticRegression(optimizer=optimiser, intercept_init=self._start, intercept_lr=0.0)
        self._steps = self._model._weights
        """The optimiser's own weights, from which gradients are taken."""
        for name in (*body.optimiser.z, INTERCEPT):
            self._steps[name] = optimiser.weight(name)
        self._weights = [body.weights[name] for name in self._names]
        """Their means, which score."""
        self._intercept = body.intercept
        self._learned, self._positives, self._since_closed = body.learned, body.positives, body.since_closed

    def score(self, vector: Sequence[float]) -> float:
        """The score of a vector as of now, to the bit that of a ``Scorer`` of the snapshot frozen now."""
        if len(vector) != len(self._names):
            raise UnfitExampleError("the vector is not of this specification")
        return logistic(sum_logit(map(mul, self._weights, vector), self._intercept))

    def learn_one(self, vector: Sequence[float], label: bool) -> None:
        """Take in one example. Raises UnfitExampleError, having learned nothing, for what would spoil the model."""
        if label is not True and label is not False:
            raise UnfitExampleError("the label is neither true nor false")
        if len(vector) != len(self._names):
            raise UnfitExampleError("the vector is not of this specification")
        row = {name: value for name, value in zip(self._names, vector, strict=True) if value != 0}
        for value in row.values():
            if not -FARTHEST <= value <= FARTHEST:  # NaN too
                raise UnfitExampleError("a feature lies outside what transforms give")
        row[INTERCEPT] = 1.0
        off = self.score(vector) - label
        self._model.learn_one(row, label)
        self._learned += 1
        self._average(off)
        self._positives += label
        self._since_closed += 1

    def freeze(self) -> Snapshot:
        """What is known now, also amid a day. A learner restored from it goes on as this one does."""
        if self._since_closed == 0 and self._closed is not None:
            return self._closed
        return Snapshot(self._describe(self._body.closed_day))

    def close_day(self, day: int) -> Snapshot:
        """This maturity day is wholly learned: the snapshot to publish. Its parent is that of the closed day before."""
        last = self._body.closed_day
        if last is not None and day <= last:
            raise ValueError("a day that is closed stays closed")
        closed = Snapshot(replace(self._describe(day), since_closed=0))
        self._body, self._closed, self._since_closed = closed.body, closed, 0
        return closed

    def _average(self, off: float) -> None:
        """Draw the means towards the optimiser's weights. A mean of allowed weights has an allowed sign.

        The optimiser's intercept makes up for weights that jump about, and so is too low for their mean: the one that
        scores is corrected by what its own score was ``off``.
        Source: Shamir and Zhang, 2013, "Stochastic gradient descent for non-smooth optimization", section 4.
        """
        power, steps = self._ftrl.averaging, self._steps
        share = (power + 1) / (power + self._learned)
        self._weights = [
            mean + share * (steps.get(name, 0.0) - mean) for name, mean in zip(self._names, self._weights, strict=True)
        ]
        self._intercept += share * (self._start + steps[INTERCEPT] - self._intercept)
        self._intercept -= self._body.specification.intercept_lr * off

    def _describe(self, closed_day: int | None) -> Body:
        z, n = self._optimiser.z, self._optimiser.n
        seen = [name for name in self._names if name in n]
        return replace(
            self._body,
            weights=dict(zip(self._names, self._weights, strict=True)),
            intercept=self._intercept,
            optimiser=OptimiserState(
                z={name: z[name] for name in seen},
                n={name: n[name] for name in seen},
                intercept_z=z[INTERCEPT],
                intercept_n=n[INTERCEPT],
                n_iterations=self._optimiser.n_iterations,
            ),
            learned=self._learned,
            positives=self._positives,
            since_closed=self._since_closed,
            closed_day=closed_day,
            parent=self._body.parent if self._closed is None else self._closed.version,
        )


def learn(snapshot: Snapshot, examples: Iterable[tuple[Sequence[float], bool]]) -> Snapshot:
    """The snapshot that has learned these, too. ``learn(learn(s, a), b)`` is ``learn(s, a + b)``, to the bit."""
    learner = Learner(snapshot)
    for vector, label in examples:
        learner.learn_one(vector, label)
    return learner.freeze()


class Adwin:
    """River's ADWIN as ``drift.py`` asks it. It is told anew from the records at each start: it has no JSON state.

    River looks for a change with every 32nd number; where one number comes a day that is too seldom.
    """

    def __init__(self, watched: Watched) -> None:
        self._adwin = drift.ADWIN(delta=0.002, clock=1 if watched == "counts" else 32)  # type: ignore[no-untyped-call]

    def update(self, value: float) -> bool:
        """Take the next number in; whether a change was found with it."""
        self._adwin.update(value)  # type: ignore[no-untyped-call]
        return bool(self._adwin.drift_detected)
