"""What the registry knows, in words: each function fills one field, and says None where it knows nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_never

from models.calendar.dates import in_words
from models.learning.papers.paper import Facts
from models.learning.specification import Feature
from models.transforms import Centred, Count, Flag, Range, Recency
from schemas.identifiers import Day


def always(text: str) -> Callable[[Facts], str]:
    """What is so in every hub, because the product is made so."""
    return lambda _: text


def tell_name(facts: Facts) -> str:
    """The specification's name."""
    return facts.snapshot.body.specification.name


def tell_version(facts: Facts) -> str:
    """Which snapshot this is, by its hashes."""
    body = facts.snapshot.body
    return (
        f"Snapshot `{facts.snapshot.version}` of specification `{body.specification_hash}`, feature list"
        f" `{body.features_hash}`; parent {_code(body.parent)}."
    )


def tell_makers(facts: Facts) -> str:
    """The versions of what it was made with."""
    made_by = facts.snapshot.body.made_by
    return ", ".join(f"{name} {made_by[name]}" for name in sorted(made_by)) + "."


def tell_learned(facts: Facts) -> str:
    """How much was learned, and until when."""
    body = facts.snapshot.body
    until = "no day is closed yet" if body.closed_day is None else f"up to {in_words(Day(body.closed_day))}"
    return f"{body.learned} episodes, {body.positives} of them positive; {until}."


def tell_architecture(facts: Facts) -> str:
    """What kind of model it is, with its numbers."""
    body, ftrl = facts.snapshot.body, facts.snapshot.body.specification.ftrl
    return (
        f"Logistic regression on {len(body.specification.features)} fixed, bounded features, learned online one episode"
        f" at a time by FTRL-proximal (alpha {ftrl.alpha:g}, beta {ftrl.beta:g}, l1 {ftrl.l1:g}, l2 {ftrl.l2:g}). What"
        f" scores is the mean of its weights on the way, later ones counting more (power {ftrl.averaging:g}); the"
        f" intercept is corrected by {body.specification.intercept_lr:g} of what a score was off by. A weight never has"
        " a sign that practitioners did not allow. It starts from a registered base rate of"
        f" {body.specification.prevalence:g}."
    )


def tell_features(facts: Facts) -> str:
    """Every feature with its bound and its sign."""
    return "; ".join(_describe(feature) for feature in facts.snapshot.body.specification.features) + "."


def tell_idle(facts: Facts) -> str:
    """Features that have said nothing so far."""
    body = facts.snapshot.body
    unseen = [feature.name for feature in body.specification.features if feature.name not in body.optimiser.n]
    held = [
        feature.name
        for feature in body.specification.features
        if feature.sign and feature.name in body.optimiser.n and body.weights[feature.name] == 0
    ]
    return (
        f"Never recorded in an episode that was learned: {_list(unseen)}. Held at nothing, by their sign or because"
        f" they say nothing: {_list(held)}. A feature that is no longer recorded keeps its weight, and one that always"
        " leads to a prompt stands still while the model is live."
    )


def tell_rows(facts: Facts) -> str | None:
    """What was measured."""
    told = facts.evaluation
    if told is None:
        return None
    examples, measured = told["examples"], told["measured"]
    return (
        f"{examples['rows']} episodes, {examples['labelled']} with a final label, {examples['positives']} positive."
        f" Measured on the later {measured['rows']}, {measured['positives']} of them positive (base rate"
        f" {_figure(measured['prevalence'])}), each scored before its label was final."
    )


def tell_performance(facts: Facts) -> str | None:
    """How good it is, beside the base rate and its comparators."""
    told = facts.evaluation
    if told is None:
        return None
    calibration = told["calibration"]
    parts = [
        (
            f"{told['verdict']} against the bar {_figure(told['bar']['average_precision'])}: average precision"
            f" {_figure(told['average_precision'])} {tell_interval(told['average_precision_interval'])} at a base rate"
            f" of {_figure(told['measured']['prevalence'])}."
        ),
        (
            f"At capacity: precision {_figure(told['precision_at_capacity'])}, recall"
            f" {_figure(told['recall_at_capacity'])}."
        ),
        (
            f"Calibration: observed over expected {_figure(calibration['observed_over_expected'])}, Brier"
            f" {_figure(calibration['brier'])}."
        ),
    ]
    others = [
        f"{name.replace('_', ' ')} {_figure(one['average_precision'])}"
        for name, one in told["contestants"].items()
        if name != "learner"
    ]
    parts.append(f"On the same rows: {', '.join(others)}.")
    return " ".join(parts)


def tell_groups(facts: Facts) -> str | None:
    """None where no group was audited: that blocks the gate, too."""
    groups = None if facts.evaluation is None else facts.evaluation["groups"]
    if not groups:
        return None
    said = []
    for one in groups:
        name = f"{one['trait']} {one['group']}"
        if not one["enough"]:
            said.append(f"{name}: not enough data")
            continue
        apart = one["missed_difference"]
        said.append(
            f"{name}: {_figure(one['missed']['value'])} of positives missed"
            + ("" if apart is None else f", against the others {tell_interval(apart)}")
        )
    return "; ".join(said) + "."


def tell_leaks(facts: Facts) -> str | None:
    """Whether a feature alone knew too much."""
    if facts.evaluation is None:
        return None
    alarms = [one["feature"] for one in facts.evaluation["features_alone"] if one["alarm"]]
    return f"Features that alone know too much to be honest: {_list(alarms)}."


def tell_interval(pair: Any) -> str:
    """From where to where."""
    return f"[{_figure(pair[0])}, {_figure(pair[1])}]"


def _describe(feature: Feature) -> str:
    match feature.transform:
        case Flag():
            bounded = "recorded or not"
        case Count(cap):
            bounded = f"count, logarithmic up to {cap}"
        case Recency(scale):
            bounded = f"days since, fading over {scale:g}"
        case Range(low, high):
            bounded = f"from {low:g} to {high:g}"
        case Centred(centre, scale):
            bounded = f"around {centre:g}, in {scale:g}s"
        case _:
            assert_never(feature.transform)
    way = {1: "may only raise", -1: "may only lower", 0: "may do either"}[feature.sign]
    return f"`{feature.name}` ({bounded}; {way})"


def _list(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) if names else "none"


def _code(text: str | None) -> str:
    return "none" if text is None else f"`{text}`"


def _figure(value: Any) -> str:
    return "not known" if value is None else f"{value:.3f}"
