"""The files in deploy/ hold together, and with the code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from streams.cli import main
from streams.hub import read_hub
from streams.metrics import Metrics
from streams.settings import list_variables

DEPLOY = Path(__file__).parents[3] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
RULES: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]


def test_compose_keeps_to_its_schema() -> None:
    """The compose specification's schema as check-jsonschema ships it, read as a data file."""
    package = find_spec("check_jsonschema")
    assert package is not None
    assert package.submodule_search_locations
    vendored = Path(package.submodule_search_locations[0]) / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(COMPOSE, json.loads(vendored.read_text()))


def test_every_variable_is_a_setting() -> None:
    texts = [(DEPLOY / name).read_text() for name in ("compose.yaml", "env.example", "Dockerfile")]
    used = {name for text in texts for name in re.findall(r"EARLYWORD_[A-Z_]+", text)}
    assert used
    assert used <= set(list_variables())


def test_every_process_of_compose_is_a_command() -> None:
    for name, service in COMPOSE["services"].items():
        if service.get("image") == "earlyword":
            assert service["command"][0] in main.commands, name


def test_no_two_processes_share_an_instance() -> None:
    instances = [
        service["environment"]["EARLYWORD_INSTANCE"]
        for service in COMPOSE["services"].values()
        if "EARLYWORD_INSTANCE" in service.get("environment", {})
    ]
    assert len(instances) == len(set(instances)) == 4


def test_only_intake_has_the_key() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "secrets" in service] == ["intake"]


def test_the_broker_is_offered_to_this_machine_only() -> None:
    for service in COMPOSE["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_the_example_hub_is_accepted() -> None:
    assert read_hub(DEPLOY / "hub.toml").id == "riverton"


def test_the_image_runs_as_nobody_in_particular() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert re.search(r"^USER 10001", text.split("FROM ")[-1], re.MULTILINE)
    assert text.count("--require-hashes") == 2


def test_every_alert_has_a_severity_a_summary_and_a_runbook() -> None:
    headings = re.findall(r"^## (.+)$", (DEPLOY / "runbooks.md").read_text(), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    for alert in ALERTS:
        assert alert["labels"]["severity"] in {"page", "ticket"}
        assert alert["annotations"]["summary"]
        page, _, anchor = alert["annotations"]["runbook_url"].partition("#")
        assert page == "runbooks.md"
        assert anchor in anchors, anchor


def test_every_metric_of_an_alert_is_measured() -> None:
    known = Metrics(version="0").write().decode()
    for alert in ALERTS:
        for name in re.findall(r"earlyword_\w+", alert["expr"]):
            assert f"# HELP {name} " in known, name


def test_promtool_accepts_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        assert not os.environ.get("EARLYWORD_REQUIRE_ALL"), "promtool is missing: apt-get install prometheus"
        pytest.skip("promtool is not installed (package prometheus)")
    checked = subprocess.run(
        [promtool, "check", "rules", str(DEPLOY / "prometheus" / "rules.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
