"""What is published is what the code says, and holds together."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from schemas.identifiers import AgencyId, ChildId, FamilyId, PromptId, ReasonId, RuleId, TeamId
from schemas.prompts import NOTHING_AGAINST, FactNamed, NotKnown, Prompt, Reason, RuleVersion, SpeaksAgainst
from schemas.wire.dead_letter_v1 import Reason as Refusal
from streams.codecs import read_prompt, write_json
from streams.dead_letters import headers_of, write_letter
from streams.publish_schemas import PUBLISHED, differing_files, published_files
from streams.publishing.asyncapi import asyncapi_document
from streams.publishing.json_schemas import dead_letter_headers_schema, prompt_schema
from streams.publishing.yaml_text import write_yaml
from tests.unit.intake.told import record_of

NEVER = {"score", "probability", "likelihood", "band", "rank", "colour", "color", "decision", "recommendation", "risk"}
AT = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
FACT = FactNamed(fact="k0:x", agency=AgencyId("oakfield"), kind="referral", on=date(2026, 3, 2), text="A referral.")
PROMPT = Prompt(
    prompt_id=PromptId("p-1"),
    revision=1,
    family=FamilyId("k0:f"),
    children=(ChildId("c-1"),),
    team=TeamId("front-door"),
    kind="review",
    status="open",
    question="Has somebody looked at these three notices together?",
    reasons=(
        Reason(
            id=ReasonId("r-1"),
            text="Three notices in 90 days.",
            since=AT,
            rule=RuleVersion(id=RuleId("three-low-grade-notifications"), version=1),
            model=None,
            facts=(FACT,),
        ),
    ),
    speaks_against=(SpeaksAgainst(text="Attendance is steady.", facts=(FACT,)),),
    not_known=(NotKnown(agency=AgencyId("oakfield"), kind="outcome", since=None, text="Nothing was ever received."),),
    notes=(),
    raised_at=AT,
    due_at=AT,
    updated_at=AT,
    basis_changed=False,
)


def told(**changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(write_json(PROMPT))
    return {**content, **changes}


def test_the_published_files_say_what_the_code_says() -> None:
    assert differing_files() == (), "run python -m streams.publish_schemas"


def test_nothing_else_lies_among_the_published_files() -> None:
    lying = {path.relative_to(PUBLISHED).as_posix() for path in PUBLISHED.rglob("*") if path.is_file()}
    assert lying == {path for path, _ in published_files()}


def test_a_file_that_differs_is_found(tmp_path: Path) -> None:
    for path, text in published_files():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert differing_files(tmp_path) == ()
    (tmp_path / "asyncapi.yaml").write_text("asyncapi: '2.0.0'\n", encoding="utf-8")
    (tmp_path / "prompt" / "1.0.schema.json").unlink()
    assert differing_files(tmp_path) == ("prompt/1.0.schema.json", "asyncapi.yaml")


@pytest.mark.parametrize("path", [path for path, _ in published_files() if path.endswith(".json")])
def test_a_published_schema_is_a_schema(path: str) -> None:
    Draft202012Validator.check_schema(json.loads((PUBLISHED / path).read_text(encoding="utf-8")))


def test_a_prompt_keeps_to_its_schema_and_is_read_again() -> None:
    Draft202012Validator(prompt_schema()).validate(told())
    assert read_prompt(write_json(PROMPT)) == PROMPT


@pytest.mark.parametrize(
    "changes",
    [
        {"speaks_against": []},
        {"speaks_against": None},
        {"question": "Look at this."},
        {"question": "Why? Has somebody looked?"},
        {"question": "Has somebody looked? Yes."},
        {"revision": 0},
        {"status": "red"},
        {"raised_at": None},
    ],
)
def test_a_prompt_that_says_otherwise_does_not(changes: dict[str, Any]) -> None:
    assert not Draft202012Validator(prompt_schema()).is_valid(told(**changes))


def test_nothing_against_is_said_out_loud() -> None:
    assert Draft202012Validator(prompt_schema()).is_valid(told(speaks_against=[], notes=[NOTHING_AGAINST]))


def test_a_reader_of_prompts_may_meet_fields_that_it_does_not_know() -> None:
    assert Draft202012Validator(prompt_schema()).is_valid(told(seen_by_next_version=True))


def test_no_prompt_has_a_field_that_judges_a_family() -> None:
    schema = prompt_schema()
    names = {name for part in (schema, *schema["$defs"].values()) for name in part["properties"]}
    assert "speaks_against" in names
    assert not {word for name in names for word in name.split("_")} & NEVER


def test_the_headers_of_a_dead_letter_keep_to_their_schema() -> None:
    letter = write_letter(record_of("referral"), (), Refusal.SCHEMA, ("/child",), app_version="0.1.0")
    headers = {name: (content or b"").decode() for name, content in headers_of(letter)}
    Draft202012Validator(dead_letter_headers_schema()).validate(headers)


def test_the_asyncapi_text_reads_as_what_was_written() -> None:
    assert yaml.safe_load(write_yaml(asyncapi_document())) == asyncapi_document()


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi_document()
    references = list(references_in(document))
    assert len(references) > 20
    for reference in references:
        file, _, pointer = reference.partition("#")
        place: Any = json.loads((PUBLISHED / file).read_text(encoding="utf-8")) if file else document
        for part in filter(None, pointer.split("/")):
            place = place[part]
        assert place


def test_every_operation_has_a_channel_with_a_message() -> None:
    document = asyncapi_document()
    for operation in document["operations"].values():
        channel = document["channels"][operation["channel"]["$ref"].rsplit("/", 1)[-1]]
        assert channel["address"].startswith("earlyword.")
        assert channel["messages"]
    assert len(document["operations"]) == len(document["channels"]) == 8


@pytest.mark.skipif(
    "EARLYWORD_ASYNCAPI_SCHEMA" not in os.environ,
    reason="set EARLYWORD_ASYNCAPI_SCHEMA to schemas/3.0.0-without-$id.json of the npm package @asyncapi/specs",
)
def test_the_document_keeps_to_asyncapi_3() -> None:
    official = json.loads(Path(os.environ["EARLYWORD_ASYNCAPI_SCHEMA"]).read_text(encoding="utf-8"))
    faults = [list(fault.absolute_path) for fault in validator_for(official)(official).iter_errors(asyncapi_document())]
    assert faults == []


def references_in(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, item in part.items():
            if name == "$ref":
                yield item
            else:
                yield from references_in(item)
    if isinstance(part, list):
        for item in part:
            yield from references_in(item)
