"""A folder with the report: Markdown for people, the JSON, the plots, and the scores for whoever computes it anew.

``scores.csv`` is a restricted record: scores never leave the evaluation, and go to no prompt, page or log. So is
``examples.csv``, the rows of a replay under their pseudonyms, which can be given to ``--examples`` again.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path

from models.calendar.local_time import to_datetime
from models.learning.contest import BATCH, CONTESTANTS, LEARNER, PREVALENCE, RULE
from models.learning.evaluation import Measured, measured_rows
from models.learning.leaks import Alone
from models.learning.measures.average_precision import Ranking
from models.learning.measures.capacity import Share
from models.learning.measures.groups import GroupFigures
from models.learning.measures.interval import Interval
from models.learning.measures.rules_alone import RulesAlone
from models.learning.proxies import ProxyFigures
from schemas.identifiers import Moment
from streams.evaluation.drawing import Bar, Line, draw_comparison, draw_lines, draw_reliability
from streams.evaluation.evaluating import Evaluated
from streams.evaluation.telling import as_json

WORDS = {
    LEARNER: "online learner",
    PREVALENCE: "prevalence",
    RULE: "one-feature rule",
    BATCH: "batch logistic",
}


def write_report(told: Evaluated, folder: Path) -> None:
    """Write the report into this folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("report.md", as_markdown(told)),
        ("report.json", as_json(told)),
        ("scores.csv", _scores(told)),
        *(() if told.replayed is None else (("examples.csv", _examples(told)),)),
        *_plots(told),
    ):
        (folder / name).write_text(text, encoding="utf-8")


def verdict_line(told: Evaluated) -> str:
    """PASS or FAIL, with the bar and the base rate in one breath."""
    figures, verdict = told.figures, told.figures.verdict
    estimate = figures.of(LEARNER).average_precision
    reached = f"average precision {_figure(estimate.value)} {_interval(estimate.interval)}"
    line = f"{'PASS' if verdict.passed else 'FAIL'}: {reached} against the bar {verdict.bar:g}"
    line += f", at a base rate of {_figure(verdict.base_rate)}"
    if verdict.passed and not verdict.lower_bound_clears:
        line += "; the lower bound does not clear the bar"
    if verdict.reasons:
        line += f" ({'; '.join(verdict.reasons)})"
    return line + "."


def rules_line(rules: RulesAlone) -> str:
    """What the rules alone found on the measured rows, and the learner with as many prompts."""
    learner, lead = rules.learner_at_equal_load, rules.lead_time
    each = (
        "" if rules.prompts_per_true_positive is None else f", {rules.prompts_per_true_positive:.1f} prompts for each"
    )
    line = (
        f"The rules alone spoke on {rules.prompts} of {rules.rows} rows: precision {_share(rules.precision)}, recall"
        f" {_share(rules.recall)}{each}; {rules.too_late} outcomes were there already. With as many prompts the learner"
        f" has precision {_share(learner.precision)}, recall {_share(learner.recall)}."
    )
    return line if lead is None else f"{line} The rules' lead time is {lead.median:.0f} days in the middle."


def as_markdown(told: Evaluated) -> str:
    """The report in words and tables."""
    return "\n".join(_paragraphs(told)) + "\n"


def table_rows(told: Evaluated) -> Iterator[tuple[str, ...]]:
    """One row per contestant: name, average precision with interval, at capacity, calibration, how far behind."""
    for name in CONTESTANTS:
        one = told.figures.of(name)
        yield (
            WORDS[name],
            f"{_figure(one.average_precision.value)} {_interval(one.average_precision.interval)}",
            _figure(one.at_capacity.precision.value),
            _figure(one.at_capacity.recall.value),
            f"{one.calibration.brier:.4f}",
            _slope(one),
            ""
            if one.ahead is None or one.ahead_interval is None or math.isnan(one.ahead)
            else f"{one.ahead:+.3f} {_interval(one.ahead_interval)}",
        )


HEADS = ("", "average precision", "precision at capacity", "recall", "Brier", "slope", "learner ahead by")


def _paragraphs(told: Evaluated) -> Iterator[str]:
    figures, plan = told.figures, told.plan
    room = f"{plan.per_day} prompts a day" if plan.per_day else f"{plan.share:.0%} of rows"
    yield "# Evaluation"
    yield f"\n**{verdict_line(told)}**\n"
    yield (
        f"{figures.rows} examples, {figures.labelled} with a label, {figures.positives} positive. Measured:"
        f" {figures.measured_rows} later ones, {figures.measured_positives} positive (base rate"
        f" {_figure(figures.prevalence)}). Each was scored before its label was final; {figures.learned} labels were"
        f" final before the last event, and learned then. Room: {room}.\n"
    )
    for warning in told.warnings:
        yield f"> {warning}\n"
    yield f"| {' | '.join(HEADS)} |"
    yield f"|{'---|' * len(HEADS)}"
    for row in table_rows(told):
        yield f"| {' | '.join(row)} |"
    yield (
        f"\nThe one-feature rule is `{_code(told.contested.rule)}`. Intervals are 95 %, drawn anew"
        f" {plan.draws} times by family where families are told, else by row. With labels dealt at random the learner's"
        f" average precision would lie in {_interval(figures.null_band)}. Over the whole file, the warm-up included,"
        f" it is {_figure(figures.whole_average_precision)} at a base rate of {_figure(figures.whole_prevalence)}.\n"
    )
    if told.rules_alone is not None:
        yield f"{rules_line(told.rules_alone)}\n"
    learner = figures.of(LEARNER)
    yield "## At capacity\n"
    yield f"Precision {_share(learner.at_capacity.precision)}; recall {_share(learner.at_capacity.recall)};"
    lift = learner.at_capacity.lift
    yield f"{'no lift' if lift is None else f'{lift:.1f} times the base rate'}. Picked afterwards:"
    yield f"precision {_share(figures.ideal_at_capacity.precision)}.\n"
    if figures.lead_time is not None:
        lead = figures.lead_time
        yield (
            f"Lead time (days; in a file of numbers, their unit), {lead.known_for} known: median {lead.median:.1f},"
            f" quartiles {lead.lower_quartile:.1f} and {lead.upper_quartile:.1f};"
            f" {lead.share_not_before:.0%} told what was known.\n"
        )
    calibration = learner.calibration
    yield "## Calibration\n"
    yield (
        f"Observed over expected {_figure(calibration.observed_over_expected)}, slope {_slope(learner)}, Brier"
        f" {calibration.brier:.4f} (a constant: {figures.of(PREVALENCE).calibration.brier:.4f}), evidence against"
        f" {calibration.evidence_against:.2f} (alarm at 20).\n"
    )
    yield "| rows | positives | mean score | share | 95 % |\n|---|---|---|---|---|"
    for one in calibration.bins:
        yield (
            f"| {one.rows} | {one.positives} | {_figure(one.mean_score)} | {_figure(one.share)}"
            f" | {_interval(one.interval)} |"
        )
    yield "\n## Each feature alone\n\n| feature | average precision | |\n|---|---|---|"
    for alone in figures.alone:
        yield f"| `{_code(alone.feature)}` | {_figure(alone.average_precision)} | {_knows(alone)} |"
    if figures.groups:
        yield "\n## Groups\n\n| trait | group | missed | prompted in vain | missed, against the others |"
        yield "|---|---|---|---|---|"
        for group in figures.groups:
            yield f"| {' | '.join(_group(group))} |"
    if figures.proxies:
        yield "\n## Groups that the features tell\n\n| trait | group | AUC | 95 % | |\n|---|---|---|---|---|"
        for proxy in figures.proxies:
            yield f"| {' | '.join(_proxy(proxy))} |"
    yield "\n![](comparison.svg)\n![](precision-recall.svg)\n![](calibration.svg)\n"
    yield f"Plan `{told.plan_hash}`, snapshot `{told.contested.snapshot.version}`."


def _knows(alone: Alone) -> str:
    return "too good" if alone.alarm else "stands out" if alone.stands_out else ""


def _group(one: GroupFigures) -> tuple[str, ...]:
    named = (f"`{_code(one.trait)}`", f"`{_code(one.group)}`")
    if not one.enough or one.missed is None or one.prompted_in_vain is None:
        return (*named, "not enough data", "", "")
    apart = "not enough data" if one.missed_difference is None else _interval(one.missed_difference)
    return (*named, _share(one.missed), _share(one.prompted_in_vain), apart)


def _proxy(one: ProxyFigures) -> tuple[str, ...]:
    named = (f"`{_code(one.trait)}`", "" if one.group is None else f"`{_code(one.group)}`")
    if one.auc is None or one.interval is None:
        return (*named, "not enough data", "", "")
    return (*named, _figure(one.auc), _interval(one.interval), "a proxy" if one.proxy else "")


def _plots(told: Evaluated) -> Iterator[tuple[str, str]]:
    figures = told.figures
    rows = measured_rows(told.contested, told.plan)
    labels = [row.example.label is True for row in rows]
    lines = []
    for place, name in enumerate(CONTESTANTS):
        if name != PREVALENCE:
            recalls, precisions = Ranking([row.scores[place] for row in rows], labels).steps()
            points = tuple(zip(recalls.tolist(), precisions.tolist(), strict=True))
            lines.append(Line(name=WORDS[name], points=points))
    yield (
        "precision-recall.svg",
        draw_lines("Precision and recall", "recall", "precision", lines, figures.prevalence, "base rate"),
    )
    bins = figures.of(LEARNER).calibration.bins
    bars = [Bar(name="", value=one.share, low=one.interval.low, high=one.interval.high) for one in bins]
    yield (
        "calibration.svg",
        draw_reliability("Do scores mean what they say?", bars, [one.mean_score for one in bins], figures.prevalence),
    )
    known = [
        Bar(
            name=WORDS[one.name],
            value=one.average_precision.value,
            low=one.average_precision.interval.low,
            high=one.average_precision.interval.high,
        )
        for one in figures.contestants
        if math.isfinite(one.average_precision.value) and math.isfinite(one.average_precision.interval.low)
    ]
    yield (
        "comparison.svg",
        draw_comparison("Average precision, 95 %", known, figures.prevalence, told.plan.bar),
    )


def _scores(told: Evaluated) -> str:
    measured = {row.example.id for row in measured_rows(told.contested, told.plan)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", "label", "measured", *CONTESTANTS))
    for answer in told.contested.answers:
        label = "" if answer.example.label is None else int(answer.example.label)
        writer.writerow(
            (answer.example.id, label, int(answer.example.id in measured), *(repr(score) for score in answer.scores))
        )
    return text.getvalue()


def _examples(told: Evaluated) -> str:
    """The rows of a replay as a file for ``--examples --family family``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", "t_event", "t_label", "label", "family", *told.file.features))
    for one in told.file.examples:
        label = "" if one.label is None else int(one.label)
        t_label = "" if one.t_label is None else _when(one.t_label)
        writer.writerow((one.id, _when(one.t_event), t_label, label, one.family, *map(repr, one.features)))
    return text.getvalue()


def _when(tick: int) -> str:
    return to_datetime(Moment(tick)).isoformat()


def _figure(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.3f}"


def _interval(interval: Interval) -> str:
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return "[-]"
    return f"[{interval.low:.3f}, {interval.high:.3f}]"


def _share(share: Share) -> str:
    if share.value is None:
        return "- (none)"
    return f"{share.value:.3f} ({share.hits}/{share.of}; at any look {_interval(share.any_look)})"


def _slope(one: Measured) -> str:
    slope = one.calibration.slope
    return "-" if slope is None else f"{slope.value:.2f} {_interval(slope.interval)}"


def _code(name: str) -> str:
    """A name that cannot leave its code span or its cell."""
    return name.replace("`", "'").replace("|", "/").replace("\n", " ")
