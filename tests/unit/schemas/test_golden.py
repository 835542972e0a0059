"""The golden corpus is read today as on the day it was laid down, and both readers agree on it."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from schemas.wire.dead_letter_v1 import Reason
from streams.hub import BUILT_IN_HUB
from streams.intake.accept import Accepted, SetAside
from streams.intake.validation import validate_file
from streams.publishing.json_schemas import inbound_schemas
from tests.unit.schemas.golden import accepted_examples, answer_to, lines_of, read, refused_examples, understood

VALIDATORS = {
    kind: Draft202012Validator(schema, format_checker=FormatChecker(["date"])) for kind, schema in inbound_schemas()
}
BEYOND_SCHEMA = {
    "decided-before-referred",
    "episode-ends-before-it-starts",
    "identifier-of-another-agency",
    "identifier-of-another-agency-in-notification",
    "referred-at-30-february",  # format "date-time" may be checked too, but few validators do
    "schema-before-identifier",
    "session-twice",
}
"""What is refused as SCHEMA although JSON Schema has no words for it; the schemas' descriptions say so."""


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", accepted_examples(), ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_an_old_example_is_understood_as_it_was(path: Path) -> None:
    example = read(path)
    answer = answer_to(example)
    assert isinstance(answer, Accepted), answer
    assert understood(answer.statement) == example["understood"]


@pytest.mark.parametrize("path", accepted_examples(), ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_what_is_accepted_keeps_to_the_published_schema(path: Path) -> None:
    VALIDATORS[path.parts[-3]].validate(data_of(read(path)))


@pytest.mark.parametrize("path", refused_examples(), ids=name_of)
def test_an_event_is_refused_for_the_expected_reason_and_place(path: Path) -> None:
    example = read(path)
    expected = (Reason[example["expected"]["reason"]], tuple(example["expected"]["fields"]))
    if "lines" in example:
        *_, report = validate_file(lines_of(example), BUILT_IN_HUB)
        assert (report.reason, report.fields) == expected
    else:
        answer = answer_to(example)
        assert isinstance(answer, SetAside)
        assert (answer.reason, answer.fields) == expected


@pytest.mark.parametrize(
    "path", [path for path in refused_examples() if read(path)["expected"]["reason"] == "SCHEMA"], ids=name_of
)
def test_the_published_schema_refuses_what_the_code_refuses_as_schema(path: Path) -> None:
    example = read(path)
    kind = example["line"]["json"]["type"].split(".")[2]
    assert VALIDATORS[kind].is_valid(data_of(example)) == (path.stem in BEYOND_SCHEMA)


def test_every_reason_that_an_event_can_give_has_an_example() -> None:
    covered = {read(path)["expected"]["reason"] for path in refused_examples()}
    assert {reason.name for reason in Reason} - covered == {"DECRYPT", "HANDLER_BUG"}


def test_every_example_says_what_it_shows() -> None:
    assert all(read(path)["says"].endswith(".") for path in accepted_examples() + refused_examples())


def data_of(example: dict[str, Any]) -> Any:
    told = example["record"]["value"] if "record" in example else example["line"]
    content = told["json"]
    return content.get("data", None) if "specversion" in content else content
