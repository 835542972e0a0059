"""JSON Schemas (draft 2020-12) of all that goes in and comes out, made from the code that reads and writes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from pydantic import BaseModel

from schemas.prompts import NOTHING_AGAINST, Prompt
from schemas.wire import dead_letter_v1 as dead_letter
from schemas.wire.kinds import FORMATS, NEWEST, type_of
from schemas.wire.prompt_action_v1 import PromptAction

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_TIME: Final[Schema] = {"format": "date-time"}


def inbound_schemas() -> Iterator[tuple[str, Schema]]:
    """Of every kind that partners publish: name and schema of its ``data``. Closed: unknown fields are refused."""
    for kind, model in FORMATS.items():
        yield kind, _headed(_of_model(model), f"{type_of(kind)}:{NEWEST}", f"{kind}, data of version {NEWEST}")


def prompt_action_schema() -> Schema:
    """Of what a console or a hub system publishes on ``earlyword.prompt-actions.v1``."""
    return _headed(_of_model(PromptAction), f"org.earlyword.prompt-action.v1:{NEWEST}", f"prompt-action {NEWEST}")


def prompt_schema() -> Schema:
    """Of what earlyword publishes on ``earlyword.prompts.v1``. Open: readers ignore fields that they do not know."""
    (reference,), components = msgspec.json.schema_components([Prompt], ref_template="#/$defs/{name}")
    name = str(reference["$ref"]).rsplit("/", 1)[-1]
    schema: Schema = _without_titles({**components.pop(name), "$defs": components})
    for struct, words in _SAID.items():
        part = schema if struct == "Prompt" else schema["$defs"][struct]
        for field, constraints in words.items():
            part["properties"][field] |= constraints
    schema["if"] = {"properties": {"speaks_against": {"maxItems": 0}}}
    schema["then"] = {"properties": {"notes": {"contains": {"const": NOTHING_AGAINST}}}}
    return _headed(schema, f"org.earlyword.prompt.v1:{NEWEST}", f"prompt {NEWEST}")


_SAID: Final[dict[str, dict[str, Schema]]] = {
    "Prompt": {
        "prompt_id": {"description": "Key of the record. Stays the same through all revisions."},
        "revision": {"minimum": 1, "description": "Counts from 1; each revision is whole."},
        "family": {"description": "A pseudonym."},
        "children": {"description": "Pseudonyms of the children that the reasons' facts are about."},
        "question": {"pattern": r"^[^?]+\?$", "description": "One sentence: that of the newest reason."},
        "raised_at": _TIME | {"description": "When it became due to be raised, not when that was noticed."},
        "due_at": _TIME | {"description": "24:00 local of the first working day after the date of raised_at."},
        "updated_at": _TIME,
        "basis_changed": {"description": "A named fact was corrected, withdrawn or moved. Once true, always true."},
    },
    "Reason": {
        "id": {"description": "Unique over all prompts."},
        "since": _TIME | {"description": "When the reason became due."},
        "rule": {"description": "The rule that gave it, else null."},
        "model": {"description": "The model that gave it, else null."},
        "facts": {"description": "Every fact that counts towards it."},
    },
    "FactNamed": {
        "fact": {"description": "A pseudonym."},
        "on": {"description": "The local date on which it happened."},
    },
    "NotKnown": {"since": _TIME | {"description": "Null where nothing was ever received."}},
}


def dead_letter_headers_schema() -> Schema:
    """Of the headers that earlyword adds to a record on ``earlyword.dead-letters.v1``; its value is the original."""
    number = {"type": "string", "pattern": "^-?[0-9]{1,19}$"}
    properties: Schema = {
        dead_letter.TOPIC: {"type": "string", "description": "Where the record was read."},
        dead_letter.PARTITION: number,
        dead_letter.OFFSET: number,
        dead_letter.TIMESTAMP: {**number, "description": "Of its receipt, milliseconds since 1970 UTC."},
        dead_letter.REASON: {
            "description": "Why it was set aside.",
            "oneOf": [{"const": reason.name, "description": reason.value} for reason in dead_letter.Reason],
        },
        dead_letter.FIELDS: {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"type": "array", "items": {"type": "string", "format": "json-pointer"}},
            "description": "JSON pointers to what is at fault: into the data, or to an attribute. Never a value.",
        },
        dead_letter.APP_VERSION: {"type": "string"},
        dead_letter.FIRST_SEEN: {**number, "description": "Timestamp of the first attempt."},
        dead_letter.ATTEMPTS: {**number, "description": "How often it was set aside, this time included."},
        dead_letter.REPLAYED_FROM: {"type": "string", "description": "The letter that was replayed, if one was."},
        dead_letter.CUT_FROM: {
            "type": "string",
            "pattern": "^[0-9]+$",
            "description": "Bytes of a record too large to be kept whole; the letter has the beginning of its value.",
        },
    }
    required = [name for name in properties if name not in {dead_letter.REPLAYED_FROM, dead_letter.CUT_FROM}]
    schema: Schema = {"type": "object", "properties": properties, "required": required}
    return _headed(schema, f"org.earlyword.dead-letter.v1:{NEWEST}", f"dead letter {NEWEST}, headers")


def _of_model(model: type[BaseModel]) -> Schema:
    schema: Schema = _without_titles(model.model_json_schema(mode="validation", ref_template="#/$defs/{model}"))
    return schema


def _headed(schema: Schema, name: str, title: str) -> Schema:
    definitions = {"$defs": schema.pop("$defs")} if "$defs" in schema else {}
    return {"$schema": DIALECT, "$id": f"urn:earlyword:schema:{name}", "title": title, **schema, **definitions}


def _without_titles(part: Any) -> Any:
    """Without the titles that pydantic makes of the fields' names, and with descriptions as plain text."""
    if isinstance(part, list):
        return [_without_titles(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _without_titles(item) for name, item in part.items() if name != "title"}
    if isinstance(kept.get("description"), str):
        kept["description"] = kept["description"].replace("``", "")
    return kept
