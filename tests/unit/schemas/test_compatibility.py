"""A new version against the old: what partners sent stays readable, and readers of prompts are not surprised."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.wire.kinds import FORMATS, NEWEST
from streams.publish_schemas import PUBLISHED
from streams.publishing.compatibility import breaks_partners, breaks_readers
from streams.publishing.json_schemas import inbound_schemas, prompt_schema

Schema = dict[str, Any]
INBOUND = dict(inbound_schemas())


def changed(schema: Schema, change: Callable[[Schema], Any]) -> Schema:
    other = copy.deepcopy(schema)
    change(other)
    return other


@pytest.mark.parametrize("kind", FORMATS)
def test_the_newest_version_reads_what_every_released_one_allowed(kind: str) -> None:
    for released in sorted((PUBLISHED / kind).glob("*.schema.json")):
        old = json.loads(released.read_text(encoding="utf-8"))
        assert breaks_partners(old, INBOUND[kind]) == (), released.name


def test_readers_of_every_released_version_read_the_newest_prompt() -> None:
    released = sorted((PUBLISHED / "prompt").glob("*.schema.json"))
    assert [path.name for path in released] == [f"{NEWEST}.schema.json"]
    for path in released:
        assert breaks_readers(json.loads(path.read_text(encoding="utf-8")), prompt_schema()) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda schema: schema["properties"].update(handled_by={"type": "string"}),
        lambda schema: schema["properties"]["source_code"]["enum"].append("11"),
        lambda schema: schema["properties"]["factors"].update(maxItems=60),
        lambda schema: schema["properties"]["referral_id"].update(minLength=0),
        lambda schema: schema["required"].remove("factors"),
        lambda schema: schema["allOf"].pop(),
        lambda schema: schema["properties"]["referred_at"].pop("pattern"),
        lambda schema: schema["$defs"]["Identifier"]["properties"]["scheme"]["enum"].append("passport"),
        lambda schema: schema["properties"]["source_code"].pop("enum"),
        lambda schema: schema["properties"].update(
            source_code={"anyOf": [schema["properties"]["source_code"], {"type": "null"}]}
        ),
        lambda schema: schema.update(description="Said better."),
    ],
)
def test_a_wider_door_lets_old_events_in(change: Callable[[Schema], Any]) -> None:
    assert breaks_partners(INBOUND["referral"], changed(INBOUND["referral"], change)) == ()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda schema: schema["required"].append("action"), "/action"),
        (lambda schema: schema["properties"].pop("factors"), "/factors"),
        (lambda schema: schema["properties"]["source_code"]["enum"].remove("9"), "/source_code"),
        (lambda schema: schema["properties"]["source_code"].update(type="integer"), "/source_code"),
        (lambda schema: schema["properties"]["factors"].update(maxItems=39), "/factors"),
        (lambda schema: schema["properties"]["factors"].update(minItems=1), "/factors"),
        (lambda schema: schema["properties"]["factors"]["items"]["enum"].remove("20"), "/factors[]"),
        (lambda schema: schema["properties"]["referral_id"].update(maxLength=63), "/referral_id"),
        (lambda schema: schema["properties"]["referral_id"].update(pattern="^R"), "/referral_id"),
        (lambda schema: schema["properties"].update(primary_need={"type": "string"}), "/primary_need"),
        (lambda schema: schema["allOf"].append({"if": {}, "then": False}), ""),
        (
            lambda schema: schema["$defs"]["Identifier"]["properties"]["value"].update(maxLength=32),
            "/child/identifiers[]/value",
        ),
    ],
)
def test_a_narrower_door_is_a_new_major(change: Callable[[Schema], Any], place: str) -> None:
    found = breaks_partners(INBOUND["referral"], changed(INBOUND["referral"], change))
    assert [one.place for one in found] == [place]


def test_readers_of_prompts_ignore_a_new_field() -> None:
    old = prompt_schema()
    assert (
        breaks_readers(old, changed(old, lambda schema: schema["properties"].update(heard_of={"type": "string"}))) == ()
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda schema: schema["required"].remove("notes"), "/notes"),
        (lambda schema: schema["properties"]["status"]["enum"].append("paused"), "/status"),
        (lambda schema: schema["properties"]["revision"].update(minimum=0), "/revision"),
        (lambda schema: schema["$defs"]["Reason"]["properties"]["text"].update(type="null"), "/reasons[]/text"),
        (lambda schema: schema.pop("then"), ""),
    ],
)
def test_readers_of_prompts_are_not_surprised(change: Callable[[Schema], Any], place: str) -> None:
    old = prompt_schema()
    assert [one.place for one in breaks_readers(old, changed(old, change))] == [place]
