"""Metrics: names that promtool accepts, labels that cannot be flooded."""

import inspect
import os
import re
import shutil
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.wire.dead_letter_v1 import Reason
from streams.metrics import KINDS, OTHER, Metrics

MOST_SERIES = 600


def some_metrics() -> Metrics:
    return Metrics(
        version="0.1.0",
        agencies=("riverton-police", "oakfield"),
        topics=("earlyword.family-events.v1",),
        rules=("three-origins-in-28-days",),
    )


def tell_everything(metrics: Metrics, name: str = "oakfield", number: int = 3) -> None:
    """Call every method, each text argument with this name and each number with this one."""
    given: dict[object, object] = {"str": name, "int": number, "float": 0.5, "bool": True, "Outcome": "accepted"}
    for method, call in inspect.getmembers(metrics, inspect.ismethod):
        if not method.startswith("_") and method not in ("write", "forget_lag"):
            parameters = inspect.signature(call).parameters
            call(**{key: given.get(value.annotation.split(" ")[0], number) for key, value in parameters.items()})


def series(metrics: Metrics) -> list[str]:
    return [line for line in metrics.write().decode().splitlines() if not line.startswith("#")]


def test_a_flood_of_made_up_names_is_one_series() -> None:
    metrics = some_metrics()
    tell_everything(metrics, "made-up", 10_000)
    before = len(series(metrics))
    for number in range(10_000):
        metrics.count_event(f"agency-{number}", f"kind-{number}", "accepted")
        metrics.count_dead_letter(f"agency-{number}", f"REASON_{number}")
        metrics.count_prompt(f"rule-{number}")
        metrics.set_lag(f"topic-{number}", 1_000 + number, number, 1.0)
        metrics.note_receipt(f"agency-{number}", 2.0, 1.0)
    assert len(series(metrics)) == before < MOST_SERIES


def test_every_known_label_together_stays_below_the_cap() -> None:
    metrics = some_metrics()
    for agency in ("riverton-police", "oakfield", "unknown"):
        for kind in KINDS:
            for outcome in ("accepted", "duplicate", "dead_letter"):
                metrics.count_event(agency, kind, outcome)
        for reason in Reason:
            metrics.count_dead_letter(agency, reason.name)
    assert len(series(metrics)) < MOST_SERIES


def test_an_unknown_agency_is_counted_as_other() -> None:
    metrics = some_metrics()
    metrics.count_event("nobody-agreed", "referral", "dead_letter")
    assert any(f'agency="{OTHER}"' in line and "nobody" not in line for line in series(metrics))


def test_partitions_that_went_to_another_process_leave_no_lag_behind() -> None:
    metrics = some_metrics()
    metrics.set_lag("earlyword.family-events.v1", 3, 17, 2.0)
    metrics.forget_lag()
    assert not any("consumer_lag" in line for line in series(metrics))


def test_names_say_unit_and_kind_and_every_metric_has_a_meaning() -> None:
    metrics = some_metrics()
    tell_everything(metrics)
    families = list(text_string_to_metric_families(metrics.write().decode()))
    assert len(families) > 25
    for family in families:
        assert re.fullmatch(r"earlyword_[a-z_]+", family.name)
        assert family.documentation.endswith(".") or family.name == "earlyword_build_info"
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples)
        if family.type == "histogram":
            assert family.name.endswith("_seconds")


def test_two_processes_in_one_program_do_not_share_metrics() -> None:
    one, other = some_metrics(), some_metrics()
    one.count_rebalance()
    assert "earlyword_rebalances_total 1.0" in series(one)
    assert "earlyword_rebalances_total 0.0" in series(other)


def test_promtool_accepts_them() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        assert not os.environ.get("EARLYWORD_REQUIRE_ALL"), "promtool is required and not installed"
        pytest.skip("promtool is not installed")
    metrics = some_metrics()
    tell_everything(metrics)
    done = subprocess.run([promtool, "check", "metrics"], input=metrics.write(), capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
