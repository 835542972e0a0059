"""Made-up streams of examples: what is true of them is known, because it was thrown."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import numpy as np

from models.learning.contest import Contested, contest
from models.learning.evaluation import Evaluation, measure
from models.learning.examples import Example
from models.learning.plan import Declared, Plan
from models.learning.specification import Feature, Specification
from models.transforms import Count, Flag

WIDTH = 6
WEIGHTS = (1.6, 1.2, 0.8, 0.0, -0.9, 0.5)
MADE_BY = {"river": "test", "python": "test"}
Mapped = Callable[[Example], Example]


def a_specification(width: int = WIDTH, signs: Sequence[int] = (), prevalence: float = 0.1) -> Specification:
    """Counts and flags in turn, named so that their order is that of their columns."""
    return Specification(
        name="made-up",
        features=tuple(
            Feature(
                name=f"f{number}",
                transform=Flag() if number % 2 else Count(cap=5),
                sign=signs[number] if signs else 0,  # type: ignore[arg-type]
            )
            for number in range(width)
        ),
        prevalence=prevalence,
    )


def throw_vectors(seed: int, rows: int, width: int = WIDTH) -> list[tuple[tuple[float, ...], bool]]:
    """Sparse vectors from 0 to 1 with labels that follow ``WEIGHTS``."""
    dice = random.Random(seed)
    thrown = []
    for _ in range(rows):
        vector = tuple(dice.choice((0.0, 0.0, dice.random(), 1.0)) for _ in range(width))
        logit = -2.5 + sum(w * x for w, x in zip(WEIGHTS, vector, strict=False))
        thrown.append((vector, dice.random() < 1 / (1 + math.exp(-logit))))
    return thrown


def throw_examples(seed: int = 1, rows: int = 1500, delay: int = 60, width: int = WIDTH) -> tuple[Example, ...]:
    """Counts and flags as an agency would send them; a label is final ``delay`` after its event."""
    dice = random.Random(seed)
    thrown = []
    for number in range(rows):
        raw = tuple(float(dice.choice((0, 0, 0, 1, 2, 4)) if c % 2 == 0 else dice.random() < 0.3) for c in range(width))
        logit = -3.5 + sum(w * min(x, 2.0) for w, x in zip(WEIGHTS, raw, strict=False))
        label = dice.random() < 1 / (1 + math.exp(-logit))
        thrown.append(Example(id=f"e{number:05}", t_event=number, t_label=number + delay, label=label, features=raw))
    return tuple(thrown)


def a_plan(width: int = WIDTH, **said: object) -> Plan:
    """A plan that declares nothing but names, with few draws."""
    made = {"features": tuple(Declared(name=f"f{number}") for number in range(width)), "draws": 50, **said}
    return Plan(**made)  # type: ignore[arg-type]


def evaluate(examples: Sequence[Example], plan: Plan | None = None) -> tuple[Contested, Evaluation]:
    """The whole of an evaluation, with dice of its own."""
    chosen = plan or a_plan(len(examples[0].features))
    held = contest(examples, chosen, MADE_BY)
    return held, measure(held, chosen, np.random.default_rng(7))
