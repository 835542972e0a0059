"""A children in need census of several years becomes events, is published, and ends as family state and prompts."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from models.family.state import FamilyState
from schemas.facts import Outcome, Referral
from schemas.prompts import Prompt
from streams.topics import PROMPTS
from tests.engine.harness import Workers
from tests.promises.running import KEY, Running, hub_on
from tests.unit.connectors.census_files import (
    GOOD_UPN,
    a_census,
    a_child,
    a_header,
    a_plan,
    an_assessment,
    an_episode,
)

COUNCIL = "riverton-council"
SOURCES = tuple((COUNCIL, kind) for kind in ("referral", "outcome", "family-link"))
TODAY = datetime.now(UTC).date()
CHILDREN = 12


def hub_text() -> str:
    """A hub that agrees to what a council's census says."""
    sources = "".join(
        f'[[source]]\nagency = "{COUNCIL}"\nkind = "{kind}"\nlawful_basis = "test"\nagreement = "T-1"\n'
        "from = 2020-01-01\nuntil = 2099-12-31\n"
        for _, kind in SOURCES
    )
    return (
        '[hub]\nid = "riverton"\nname = "Riverton"\nopen_case_team = "front-door"\n[[team]]\nid = "front-door"\n'
        f'[[agency]]\nid = "{COUNCIL}"\nsystems = ["urn:{COUNCIL}"]\n{sources}'
    )


def ago(days: int) -> str:
    """A date, so many days before today."""
    return (TODAY - timedelta(days=days)).isoformat()


def census_of(years_back: int) -> bytes:
    """A census of a year: closed without action for some, a plan for others; this year they come back."""
    shift = 365 * years_back
    children = []
    for number in range(CHILDREN):
        earlier = an_episode(referred=ago(120 + shift), nfa="true", closed=ago(118 + shift), closure="RC8")
        planned = an_episode(
            an_assessment(ago(100 + shift), ago(80 + shift)), a_plan(ago(70 + shift)), referred=ago(101 + shift)
        )
        again = an_episode(referred=ago(9 + shift))
        episodes = (planned,) if number % 3 == 0 else (earlier, again)
        upn = {0: GOOD_UPN, 1: "W999400124X"}.get(number)  # the second is no UPN: dropped, reported, the record kept
        children.append(a_child(*episodes, local=f"LA{number:04}", upn=upn))
    children.append(a_child(an_episode(referred="yesterday"), local="LA9999"))
    return a_census(*children, header=a_header(f"{ago(1 + shift)}T09:00:00", ago(2 + shift)))


def command(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """``earlyword ...`` as it is typed."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "streams.cli", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.broker
@pytest.mark.timeout(240)
def test_a_census_of_several_years_ends_as_family_state_and_prompts(tmp_path: Path, kafka_of_its_own: str) -> None:
    with hub_on(kafka_of_its_own, tmp_path, hub_text(), SOURCES) as running:
        commands = running.commands(intake_0="intake", families_0="families", desk_0="desk")
        with Workers(tmp_path, commands) as workers:
            workers.start(*commands)
            for years_back in (2, 1, 0):
                publish_census(running, tmp_path, years_back)
            running.drain(workers)
            assert workers.stop_all() == [0, 0, 0]
        stories = {family: story for family, story in running.stories().items() if story.strands}
        prompts = newest_prompts(running)
    assert len(stories) == CHILDREN
    kept = [sum(isinstance(saying, Referral) for saying in sayings_of(story)) for story in stories.values()]
    assert sorted(kept) == [1] * 4 + [3] * 8  # what is older than the retention was accepted and not kept
    assert sum(isinstance(saying, Outcome) for story in stories.values() for saying in sayings_of(story)) >= 4 * 3
    came_back = [prompt for prompt in prompts if "contact-after-no-action" in rules_of(prompt)]
    assert len(came_back) == 8
    assert all(prompt.question.endswith("?") for prompt in prompts)


def publish_census(running: Running, folder: Path, years_back: int) -> None:
    """Convert a year's file and publish it; the report names the two that were refused."""
    file, events = folder / f"census-{years_back}.xml", folder / f"events-{years_back}.ndjson"
    file.write_bytes(census_of(years_back))
    converted = command(
        "convert", "--format", "cin-census-xml", str(file), "--agency", COUNCIL,
        "--source", f"urn:{COUNCIL}", "--out", str(events), "--json",
    )  # fmt: skip
    assert converted.returncode == 0, converted.stderr
    report = json.loads(converted.stdout)
    refused = json.dumps(report)
    assert "PersonBirthDate" not in events.read_text()
    assert "W999400124X" not in refused
    assert "yesterday" not in refused
    assert len(report["refused"]) == 2, report
    sent = command(
        "publish",
        str(events),
        env={
            "PATH": "",
            "EARLYWORD_BROKER": running.bootstrap,
            "EARLYWORD_HUB": str(running.hub_file),
            "EARLYWORD_PSEUDONYM_KEY": KEY,
        },
    )
    assert sent.returncode == 0, sent.stderr + sent.stdout
    assert f"{len(events.read_text().splitlines())} events published" in sent.stdout


def sayings_of(story: FamilyState) -> list[object]:
    """All that is held of a family."""
    return [known.saying for strand in story.strands.values() for known in strand.facts.values()]


def newest_prompts(running: Running) -> list[Prompt]:
    """The newest revision of each prompt."""
    read = msgspec.json.Decoder(Prompt).decode
    told = sorted((read(record.value) for record in running.read(PROMPTS)), key=lambda prompt: prompt.revision)
    return list({prompt.prompt_id: prompt for prompt in told}.values())


def rules_of(prompt: Prompt) -> set[str]:
    """The rules among its reasons."""
    return {str(reason.rule.id) for reason in prompt.reasons if reason.rule is not None}


def test_the_dates_of_the_census_are_dates() -> None:
    assert date.fromisoformat(ago(9)) < TODAY
