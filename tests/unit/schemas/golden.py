"""The golden corpus: examples of every released minor, which today's code must understand as it did then.

`python -m tests.unit.schemas.golden` fills in what new examples are understood as, for a person to check; it changes
nothing that is there.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

import schemas
from models.calendar.local_time import date_of, to_datetime, to_moment
from schemas.statements import Statement
from schemas.wire.kinds import FORMATS
from schemas.wire.times import read_time
from streams.hub import BUILT_IN_HUB, read_hub
from streams.intake.accept import Accepted, Answer, Door, PartnerRecord
from streams.intake.pseudonyms import PUBLISHED_KEY

FOLDER = Path(schemas.__file__).parent / "golden"
HUB = read_hub(FOLDER / "hub.toml")


def accepted_examples() -> list[Path]:
    """Files of events that are accepted, by kind and minor."""
    return sorted(path for kind in FORMATS for path in (FOLDER / kind).glob("*/*.json"))


def refused_examples() -> list[Path]:
    """Files of events that are set aside."""
    return sorted((FOLDER / "refused").glob("*.json"))


def read(path: Path) -> dict[str, Any]:
    """The content of an example."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def answer_to(example: dict[str, Any]) -> Answer:
    """What the door says to the example's event: a line of a file, or a record of a topic."""
    if "record" in example:
        return Door(HUB, PUBLISHED_KEY).accept(_record(example["record"]))
    clock = to_moment(read_time(example["clock"])) if "clock" in example else None
    return Door(HUB if example.get("hub") else BUILT_IN_HUB, PUBLISHED_KEY).accept_line(_bytes(example["line"]), clock)


def lines_of(example: dict[str, Any]) -> Iterator[bytes]:
    """The lines of an example that takes several."""
    return (_bytes(line) + b"\n" for line in example["lines"])


def understood(statement: Statement) -> dict[str, Any]:
    """A statement in words: times and dates as texts, without the partner's bytes."""
    told: dict[str, Any] = _spell_out(statement, "")
    return {name: told[name] for name in told if name not in {"raw", "digest", "received_at"}}


def _spell_out(value: Any, name: str) -> Any:
    if isinstance(value, Struct):
        fields = {field: _spell_out(getattr(value, field), field) for field in value.__struct_fields__}
        return {type(value).__name__: fields} if name == "body" else fields
    if isinstance(value, tuple):
        return [_spell_out(item, name) for item in value]
    if value is None or name == "raw":
        return None
    if name.endswith("_at"):
        return to_datetime(value).isoformat().replace("+00:00", "Z")
    if name == "on" or name.endswith("_on"):
        return date_of(value).isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _record(told: dict[str, Any]) -> PartnerRecord:
    return PartnerRecord(
        topic=told["topic"],
        partition=0,
        offset=0,
        timestamp=to_moment(read_time(told["received_at"])) // 1000,
        key=None,
        value=None if told["value"] is None else _bytes(told["value"]),
        headers=[(name, None if content is None else _bytes(content)) for name, content in told["headers"]],
    )


def _bytes(told: Any) -> bytes:
    """Text as it is, or bytes in base64, or JSON; ``pad_to`` adds white space up to that many bytes."""
    if isinstance(told, str):
        return told.encode()
    if "base64" in told:
        return base64.b64decode(told["base64"])
    return json.dumps(told["json"]).encode().ljust(told.get("pad_to", 0))


if __name__ == "__main__":
    for path in accepted_examples():
        example = read(path)
        if "understood" not in example:
            answer = answer_to(example)
            if not isinstance(answer, Accepted):
                raise SystemExit(f"{path.name}: set aside, {answer.reason.name} {answer.fields}")
            example["understood"] = understood(answer.statement)
            path.write_text(json.dumps(example, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(path.name)
