"""An evaluation as one JSON object. What has no value (an interval of nothing, a slope of a constant) is null."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

from models.learning.contest import CONTESTANTS, LEARNER
from models.learning.evaluation import Measured
from models.learning.measures.interval import Interval
from models.learning.specification import hash_features
from streams.evaluation.evaluating import Evaluated

FORMAT = 1


def as_object(told: Evaluated) -> dict[str, Any]:
    """All figures; the learner's come first and by themselves, everybody's under ``contestants``."""
    figures, plan = told.figures, told.plan
    learner = figures.of(LEARNER)
    verdict = figures.verdict
    told_plainly: dict[str, Any] = _plain(
        {
            "format": FORMAT,
            "examples": {
                "rows": figures.rows,
                "repeats": told.file.repeats,
                "labelled": figures.labelled,
                "positives": figures.positives,
                "prevalence": figures.whole_prevalence,
                "learned": figures.learned,
                "never_learned": figures.labelled - figures.learned,
                "times": told.file.clock.value,
            },
            "measured": {
                "rows": figures.measured_rows,
                "positives": figures.measured_positives,
                "prevalence": figures.prevalence,
                "part": (
                    f"rows from the share {plan.measured_from} on of those up to the last that has a label, in order of"
                    " time, after the warm-up"
                ),
            },
            "verdict": "PASS" if verdict.passed else "FAIL",
            "bar": {
                "average_precision": verdict.bar,
                "base_rate": verdict.base_rate,
                "reached": learner.average_precision.value,
                "lower_bound_clears": verdict.lower_bound_clears,
                "reasons": verdict.reasons,
            },
            "average_precision": learner.average_precision.value,
            "average_precision_interval": _pair(learner.average_precision.interval),
            "average_precision_whole_file": figures.whole_average_precision,
            "null_band": _pair(figures.null_band),
            "capacity": {"per_day": plan.per_day, "share": None if plan.per_day else plan.share},
            "precision_at_capacity": learner.at_capacity.precision.value,
            "recall_at_capacity": learner.at_capacity.recall.value,
            "ideal_at_capacity": figures.ideal_at_capacity,
            "prompts_per_true_positive": learner.at_capacity.prompts_per_true_positive,
            "calibration": learner.calibration,
            "lead_time": figures.lead_time,
            "contestants": {name: _contestant(figures.of(name)) for name in CONTESTANTS},
            "one_feature_rule": told.contested.rule,
            "leak_alarm": any(one.alarm for one in figures.alone),
            "features_alone": figures.alone,
            "groups": figures.groups,
            "proxies": figures.proxies,
            "episodes": None
            if told.replayed is None
            else {"by_state": told.replayed.states, "prompted_by": told.replayed.prompted},
            "rules_alone": told.rules_alone,
            "warnings": told.warnings,
            "specification": told.contested.specification,
            "features_hash": hash_features(told.contested.specification),
            "snapshot": told.contested.snapshot.version,
            "plan": told.plan_hash,
        }
    )
    return told_plainly


def as_json(told: Evaluated) -> str:
    """That object as text, indented, ending in a line feed."""
    return json.dumps(as_object(told), indent=2, allow_nan=False) + "\n"


def _contestant(one: Measured) -> dict[str, Any]:
    return {
        "average_precision": one.average_precision.value,
        "interval": _pair(one.average_precision.interval),
        "boyd": _pair(one.average_precision.boyd),
        "at_capacity": one.at_capacity,
        "calibration": one.calibration,
        "learner_ahead_by": one.ahead,
        "learner_ahead_interval": None if one.ahead_interval is None else _pair(one.ahead_interval),
        "evidence_learner_ahead": one.evidence_ahead,
    }


def _pair(interval: Interval) -> list[float]:
    return [interval.low, interval.high]


def _plain(value: Any) -> Any:
    """Only what JSON has: intervals as pairs, and null for what is not a number."""
    if isinstance(value, Interval):
        return _plain(_pair(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, msgspec.Struct):
        named = {field: getattr(value, field) for field in value.__struct_fields__}
        tag = value.__struct_config__.tag
        return _plain(named if tag is None else {value.__struct_config__.tag_field or "kind": tag, **named})
    return value
