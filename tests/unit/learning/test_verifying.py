"""A past score is had again to the bit, or the check that failed is named."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from models.learning.learner import learn
from models.learning.scorer import Scorer
from models.learning.snapshot import Snapshot, begin
from models.learning.verifying import NotReproducedError, verify
from schemas.events import Origin
from schemas.examples import DayClosed, ExampleRecord, FeedsCounted, Scored
from schemas.identifiers import Day, FamilyId, Moment
from streams.cli import main
from tests.unit.learning.making import MADE_BY, a_specification, throw_vectors

MARKER = "f-secretvalue"
RAW = (3.0, 1.0, 0.0, 1.0, 2.0, 0.0)


def a_snapshot(rows: int = 300) -> Snapshot:
    return learn(begin(a_specification(), MADE_BY), throw_vectors(1, rows))


def a_scoring(snapshot: Snapshot, **said: Any) -> Scored:
    scorer = Scorer(snapshot)
    vector = scorer.vector(RAW)
    told = Scored(
        row="x-row",
        family=FamilyId(MARKER),
        at=Moment(1_700_000_000_000_000),
        feature_list=snapshot.body.features_hash,
        features=RAW,
        snapshot=snapshot.version,
        score=scorer.score(vector),
        contributions=tuple((one.feature, one.value) for one in scorer.contributions(vector)),
        threshold=0.0,
        mode="live",
        reason="r-reason",
    )
    return replace(told, **said)


def test_what_was_recorded_is_had_again() -> None:
    snapshot = a_snapshot()
    told = verify(a_scoring(snapshot), snapshot.bytes)
    assert (told.row, told.snapshot, told.contributions) == ("x-row", snapshot.version, 4)


def next_bit(value: float) -> float:
    return math.nextafter(value, 1.0)


def first_of(scored: Scored, change: Callable[[float], float]) -> tuple[tuple[str, float], ...]:
    (name, value), *others = scored.contributions
    return ((name, change(value)), *others)


SPOILED: dict[str, tuple[str, Callable[[Scored], Scored]]] = {
    "another bit of the score": ("score", lambda one: replace(one, score=next_bit(one.score))),
    "another value of a feature": ("score", lambda one: replace(one, features=(4.0, *one.features[1:]))),
    "another bit of a contribution": (
        "contributions",
        lambda one: replace(one, contributions=first_of(one, next_bit)),
    ),
    "a contribution left out": ("contributions", lambda one: replace(one, contributions=one.contributions[1:])),
    "contributions in another order": (
        "contributions",
        lambda one: replace(one, contributions=one.contributions[::-1]),
    ),
    "a feature less": ("features", lambda one: replace(one, features=one.features[1:])),
    "another list of features": ("feature-list", lambda one: replace(one, feature_list="0" * 16)),
    "another snapshot": ("snapshot", lambda one: replace(one, snapshot="0" * 16)),
    "a prompt below the threshold": ("threshold", lambda one: replace(one, threshold=1.0)),
    "a prompt without a threshold": ("threshold", lambda one: replace(one, threshold=None)),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_was_changed_is_found_and_the_check_is_named(name: str) -> None:
    snapshot = a_snapshot()
    check, spoil = SPOILED[name]
    with pytest.raises(NotReproducedError) as refused:
        verify(spoil(a_scoring(snapshot)), snapshot.bytes)
    assert refused.value.check == check
    assert MARKER not in str(refused.value)


def test_bytes_of_another_snapshot_are_refused() -> None:
    snapshot = a_snapshot()
    with pytest.raises(NotReproducedError) as refused:
        verify(a_scoring(snapshot), a_snapshot(301).bytes)
    assert refused.value.check == "snapshot"


def keep(folder: Path, snapshot: Snapshot, *scorings: Scored) -> tuple[str, ...]:
    """The files that somebody kept, as options of the command."""
    records = [
        ExampleRecord(None, DayClosed(0, Day(739_000))),
        ExampleRecord(None, FeedsCounted(0, Day(738_992), (("riverton-police/police-notification", 3),))),
        *(ExampleRecord(Origin(0, number, 0), one) for number, one in enumerate(scorings)),
    ]
    (folder / "examples.ndjson").write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in records))
    (folder / "snapshot.json").write_bytes(snapshot.bytes)
    return ("--examples", str(folder / "examples.ndjson"), "--snapshot", str(folder / "snapshot.json"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments])


@pytest.mark.parametrize("wanted", ["r-reason", "x-row"])
def test_the_command_finds_a_reason_or_a_row_in_kept_files_and_shows_no_score(tmp_path: Path, wanted: str) -> None:
    snapshot = a_snapshot()
    scored = a_scoring(snapshot)
    told = run(wanted, *keep(tmp_path, snapshot, scored))
    assert told.exit_code == 0, told.output
    assert "the same bits, score and 4 contributions" in told.stdout
    assert repr(scored.score)[:6] not in told.output
    assert MARKER not in told.output


def test_a_changed_record_ends_with_one_and_the_check(tmp_path: Path) -> None:
    snapshot = a_snapshot()
    scored = a_scoring(snapshot)
    told = run("x-row", *keep(tmp_path, snapshot, replace(scored, score=next_bit(scored.score))))
    assert told.exit_code == 1
    assert told.stderr == "earlyword: not reproduced (score): the score is not the one that was recorded.\n"


def test_a_prompt_is_looked_up_by_its_model_reasons(tmp_path: Path) -> None:
    snapshot = a_snapshot()
    options = keep(tmp_path, snapshot, a_scoring(snapshot))
    prompts = tmp_path / "prompts.ndjson"
    prompts.write_bytes(a_prompt("r-reason", by_model=True) + b"\n" + a_prompt("r-rule", by_model=False) + b"\n")
    assert run("p-prompt", *options, "--prompts", str(prompts)).exit_code == 0
    prompts.write_bytes(a_prompt("r-rule", by_model=False) + b"\n")
    by_rules = run("p-prompt", *options, "--prompts", str(prompts))
    assert (by_rules.exit_code, "rests on a model" in by_rules.stderr) == (2, True)
    prompts.write_bytes(a_prompt("r-gone", by_model=True) + b"\n")
    assert run("p-prompt", *options, "--prompts", str(prompts)).exit_code == 2


def a_prompt(reason: str, *, by_model: bool) -> bytes:
    at = "2026-03-02T09:00:00Z"
    source = {"rule": None, "model": {"specification": "s", "version": "v"}}
    if not by_model:
        source = {"rule": {"id": "repeat-missing", "version": 1}, "model": None}  # type: ignore[dict-item]
    return msgspec.json.encode(
        {
            "prompt_id": "p-prompt",
            "revision": 1,
            "family": MARKER,
            "children": [],
            "team": "north",
            "kind": "review",
            "status": "open",
            "question": "?",
            "reasons": [{"id": reason, "text": "", "since": at, "facts": [], **source}],
            "speaks_against": [],
            "not_known": [],
            "notes": [],
            "raised_at": at,
            "due_at": at,
            "updated_at": at,
            "basis_changed": False,
        }
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("x-other",),
        ("p-prompt",),
        ("x-row", "--prompts", "{prompts}"),
    ],
)
def test_what_cannot_be_looked_up_ends_with_two_and_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    snapshot = a_snapshot()
    (tmp_path / "bad.ndjson").write_text(MARKER, encoding="utf-8")
    options = keep(tmp_path, snapshot, a_scoring(snapshot))
    asked = tuple(one.format(prompts=tmp_path / "bad.ndjson") for one in arguments)
    told = run(*asked, *(options if "--prompts" not in asked else ()))
    assert told.exit_code == 2
    assert len(told.stderr.strip().splitlines()) == 1


def test_a_line_that_is_no_record_is_named_by_its_place(tmp_path: Path) -> None:
    snapshot = a_snapshot()
    options = keep(tmp_path, snapshot, a_scoring(snapshot))
    with (tmp_path / "examples.ndjson").open("ab") as file:
        file.write(f'["{MARKER}"]\n'.encode())
    told = run("x-row", *options)
    assert (told.exit_code, told.stderr) == (2, "earlyword: examples.ndjson, line 4: it is no such record.\n")


def test_what_was_kept_can_be_verified_again_elsewhere(tmp_path: Path) -> None:
    snapshot, kept = a_snapshot(), tmp_path / "kept"
    told = run("r-reason", *keep(tmp_path, snapshot, a_scoring(snapshot)), "--keep", str(kept))
    assert told.exit_code == 0, told.output
    (tmp_path / "examples.ndjson").unlink()
    options = (
        "--examples",
        str(kept / "examples.ndjson"),
        "--snapshot",
        str(kept / f"snapshot-{snapshot.version}.json"),
    )
    assert run("r-reason", *options).stdout == told.stdout


def test_a_record_that_does_not_hold_is_kept_too(tmp_path: Path) -> None:
    snapshot, kept = a_snapshot(), tmp_path / "kept"
    spoiled = replace(a_scoring(snapshot), score=0.5)
    assert run("x-row", *keep(tmp_path, snapshot, spoiled), "--keep", str(kept)).exit_code == 1
    assert len((kept / "examples.ndjson").read_bytes().splitlines()) == 1
