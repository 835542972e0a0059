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
from streams.engine import EngineSettings
from streams.hub import read_hub
from streams.metrics import Metrics
from streams.settings import list_variables
from streams.topics import declare_topics

DEPLOY = Path(__file__).parents[3] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
RULES: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
README = (DEPLOY / "README.md").read_text()
WORKERS = [name for name, service in COMPOSE["services"].items() if "EARLYWORD_INSTANCE" in str(service)]


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
    assert len(instances) == len(set(instances)) == 5


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
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", Metrics(version="0").write().decode(), re.MULTILINE))
    for alert in ALERTS:
        for name in re.findall(r"earlyword_\w+", alert["expr"]):
            family = re.sub(r"_(bucket|count|sum)$", "", name)
            assert kinds.get(name) in {"gauge", "counter"} or kinds.get(family) == "histogram", name


def test_promtool_accepts_the_rules() -> None:
    run_promtool("check", "rules", "--lint=all", "--lint-fatal", str(DEPLOY / "prometheus" / "rules.yml"))
    run_promtool("check", "config", str(DEPLOY / "prometheus" / "prometheus.yml"))


def test_promtool_sees_the_alerts_come_and_go(tmp_path: Path) -> None:
    story = (Path(__file__).parent / "rules.test.yml").read_text()
    (tmp_path / "story.yml").write_text(story.replace("RULES", str(DEPLOY / "prometheus" / "rules.yml")))
    run_promtool("test", "rules", str(tmp_path / "story.yml"))


def test_prometheus_asks_every_process_where_it_answers() -> None:
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    (targets,) = (job["static_configs"][0]["targets"] for job in scraped)
    port = re.search(r"EARLYWORD_METRICS_PORT=(\d+)", DOCKERFILE)
    assert port is not None
    assert set(targets) == {f"{name}:{port[1]}" for name in WORKERS}
    assert f"EXPOSE {port[1]}" in DOCKERFILE
    assert f"127.0.0.1:{port[1]}/live" in DOCKERFILE


def test_processes_write_to_nothing_but_memory() -> None:
    for name in WORKERS:
        service = COMPOSE["services"][name]
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "/tmp" in service["tmpfs"], name
        assert all(volume.endswith(":ro") for volume in service["volumes"]), name
    assert "WORKDIR /tmp" in DOCKERFILE.split("FROM ")[-1]  # where Faust makes a folder at its start


def test_a_process_gets_the_time_it_takes_to_stop() -> None:
    for name in WORKERS:
        grace = int(COMPOSE["services"][name]["stop_grace_period"].removesuffix("s"))
        assert grace > EngineSettings(brokers=()).stop_seconds, name


def test_no_process_is_granted_more_than_the_topics_declare() -> None:
    declared = declare_topics([("any", "referral")])
    groups = {name: f"`earlyword-{name}`" for name in ("intake", "families", "desk")} | {"learner": "-"}
    for name, group in groups.items():
        (row,) = re.findall(rf"^\| {name} \| (.+) \| (.+) \| (.+) \|$", README, re.MULTILINE)
        reads = {topic.name for topic in declared if name in topic.readers}
        writes = {topic.name for topic in declared if name in topic.writers}
        assert {short(topic) for topic in row[0].split(", ")} <= {short(topic) for topic in reads}, name
        assert {short(topic) for topic in row[1].split(", ")} <= {short(topic) for topic in writes}, name
        assert row[2] == group


def test_what_the_readme_names_is_there() -> None:
    for name in re.findall(r"^\| ((?:`[\w./]+`(?:, )?)+) \|", README, re.MULTILINE):
        for file in re.findall(r"`([\w./]+)`", name):
            assert (DEPLOY / file).exists(), file


def short(topic: str) -> str:
    """`earlyword.family-events.v1` as the README's table says it."""
    match topic:
        case "its changelog" | "prefix `earlyword.in.`":
            return topic
        case _ if topic.endswith("-changelog"):
            return "its changelog"
        case _ if topic.startswith("earlyword.in."):
            return "prefix `earlyword.in.`"
        case _:
            return topic.removeprefix("earlyword.").removesuffix(".v1")


def run_promtool(*arguments: str) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        assert not os.environ.get("EARLYWORD_REQUIRE_ALL"), "promtool is missing: apt-get install prometheus"
        pytest.skip("promtool is not installed (package prometheus)")
    checked = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
