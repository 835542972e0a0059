"""``earlyword rehearse`` as an analyst types it: with files, on the screen and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams.cli import main
from tests.unit.rehearsal.telling import hub_text, pack_text, write_events

TABLE = """
+0  Mon 08:00  link    child=A family=F1
+0      08:05  link    child=B family=F2
+1      10:00  police  ref=N1 child=A grade=green
+2      10:00  police  ref=M1 child=B grade=green
+10     10:00  police  ref=N2 child=A grade=green
+20     10:00  police  ref=N3 child=A grade=green
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command on the table; more words may be given."""
    for name in ("EARLYWORD_PSEUDONYM_KEY", "EARLYWORD_HUB"):
        monkeypatch.delenv(name, raising=False)
    events = write_events(tmp_path / "events.ndjson", TABLE)
    hub = tmp_path / "hub.toml"
    hub.write_text(hub_text())
    (tmp_path / "mine.toml").write_text(pack_text(2, name="mine", version=4))
    (tmp_path / "three.toml").write_text(pack_text(3, name="three"))
    out = tmp_path / "prompts.ndjson"

    def call(*words: str) -> Result:
        places = [str(tmp_path / word) if word.endswith(".toml") else word for word in words]
        return CliRunner().invoke(main, ["rehearse", str(events), "--hub", str(hub), "--out", str(out), *places])

    return call


def test_the_balance_comes_first_and_a_table_after_it(run: Any) -> None:
    done = run("--rules", "mine.toml")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "8 read = 8 accepted + 0 duplicates + 0 set aside"
    assert "2 prompts, 3 revisions" in lines
    assert any(line.split()[:4] == ["front-door", "4", "2", "0.10"] for line in lines), done.stdout
    assert "1 of 2 families that hold facts were ever prompted (50.0%)" in done.stdout
    assert "0 of 2 prompts named facts of two or more agencies (0.0%)" in done.stdout
    assert any(line.split() == ["several-notifications", "2"] for line in lines)


def test_as_json_it_is_one_object_with_the_balance_and_nothing_else(run: Any, tmp_path: Path) -> None:
    told = json.loads(run("--rules", "mine.toml", "--json").stdout)
    assert told == {
        "read": 8,
        "accepted": 8,
        "duplicates": 0,
        "expired": 0,
        "set_aside": {},
        "prompts": 2,
        "revisions": len((tmp_path / "prompts.ndjson").read_bytes().splitlines()),
    }


def test_the_figures_are_told_as_json_to_who_asks_for_them(run: Any) -> None:
    told = json.loads(run("--rules", "mine.toml", "--json", "--figures").stdout)
    figures = told["figures"]
    assert figures["share_of_families_prompted"] == 0.5
    assert [team["team"] for team in figures["teams"]] == ["front-door", "family-help"]
    assert "difference" not in told


def test_two_packs_over_the_same_events_are_told_apart_on_the_screen(run: Any) -> None:
    done = run("--rules", "mine.toml", "--against", "three.toml")
    assert done.exit_code == 0, done.output
    assert "A is mine, version 4; B is three, version 1." in done.stdout
    assert "1 prompts say the same under both" in done.stdout
    assert "1 only by A, 0 only by B." in done.stdout
    assert "Raised only by A:" in done.stdout
    assert "Raised only by B:" not in done.stdout
    assert "The police told of 2 separate incidents" in done.stdout


def test_two_packs_are_told_apart_in_json(run: Any) -> None:
    told = json.loads(run("--rules", "mine.toml", "--against", "three.toml", "--json", "--figures").stdout)
    assert (told["rules"], told["against"]["rules"]) == ({"id": "mine", "version": 4}, {"id": "three", "version": 1})
    assert (told["prompts"], told["against"]["prompts"]) == (2, 1)
    difference = told["difference"]
    assert (difference["same"], difference["only_against"], difference["other_words"]) == (1, [], [])
    (only,) = difference["only_rules"]
    assert only["rules"] == ["several-notifications"]
    assert only["team"] == "front-door"
    assert told["against"]["figures"]["families_prompted"] == 1


def test_the_prompts_written_are_those_of_the_first_pack(run: Any, tmp_path: Path) -> None:
    run("--rules", "mine.toml")
    alone = (tmp_path / "prompts.ndjson").read_bytes()
    run("--rules", "mine.toml", "--against", "default")
    assert (tmp_path / "prompts.ndjson").read_bytes() == alone


def test_the_default_pack_against_itself_changes_nothing(run: Any) -> None:
    told = json.loads(run("--against", "default", "--json").stdout)
    difference = told["difference"]
    assert (difference["only_rules"], difference["only_against"], difference["other_words"]) == ([], [], [])
    assert difference["same"] == told["prompts"] > 0


def test_a_pack_that_cannot_be_read_ends_with_one_sentence(run: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text(pack_text().replace("at_least", "at_most"))
    for name in ("broken.toml", "absent.toml"):
        done = run("--against", name)
        assert done.exit_code == 2
        assert done.stderr.strip().splitlines()[-1].startswith("earlyword: ")
        assert "Traceback" not in done.output


def test_a_pack_in_another_encoding_is_told_so(run: Any, tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# \xff\n" + pack_text().encode())
    done = run("--rules", "latin.toml")
    assert done.exit_code == 2
    assert "UTF-8" in done.stderr


def test_a_folder_that_is_not_there_is_told_before_the_work_begins(tmp_path: Path) -> None:
    events = tmp_path / "events.ndjson"
    events.write_bytes(b"")
    for command in (["rehearse", str(events)], ["convert", "--format", "cin-census-xml", str(events), "--agency", "a"]):
        told = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "nowhere" / "out.ndjson")])
        assert told.exit_code == 2
        assert "make it first" in told.output
        assert "Traceback" not in told.output


def test_the_events_themselves_are_never_overwritten(run: Any, tmp_path: Path) -> None:
    events = tmp_path / "events.ndjson"
    before = events.read_bytes()
    done = run("--out", str(events))
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == "earlyword: --out is the file of events; name another."
    assert events.read_bytes() == before
