"""What workers do with prompts, in the words of the stories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.stories.dates import WordsError, read_moment
from tests.stories.details import Details
from tests.stories.vocabulary import DISPOSITIONS

ACTIONS: Final = {
    "acknowledges": "acknowledged",
    "assigns": "assigned",
    "snoozes": "snoozed",
    "closes": "disposed",
    "reopens": "reopened",
    "notes something": "noted",
    "contests": "contested",
    "takes back": "withdrawn",
}


@dataclass(frozen=True)
class Done:
    """What a worker does with a prompt; ``fields`` are those of a prompt-action."""

    action: str
    prompt: str
    seen: int | None = None
    takes_back: int | None = None
    fields: Mapping[str, object] = field(default_factory=dict)


def read_doing(who: str, head: re.Match[str], details: Details, about: str) -> Done:
    """One thing that a worker does. Raises WordsError."""
    if re.fullmatch(r"P\d+", about) is None:
        raise WordsError(f"a worker does something with a prompt, as P1, not '{about}'")
    action, takes_back = ACTIONS[head[1]], None
    fields: dict[str, object] = {}
    if head[1] == "snoozes":
        until = details.after("until")
        fields = {} if until is None else {"until": read_moment(until)}
    elif head[1] == "closes":
        fields = {"disposition": details.one_of(DISPOSITIONS) or "no-action-needed", "useful": "yes"}
    elif head[1] == "assigns":
        fields = {"to": "somebody"}
    elif head[1] == "notes something":
        fields = {"note": "a note"}
    elif head[1] == "takes back":
        takes_back = read_number(details.after("line") or "")
    seen = details.after("having seen revision")
    return Done(action, about, None if seen is None else read_number(seen), takes_back, fields)


def read_number(text: str) -> int:
    """A number in digits. Raises WordsError."""
    if not text.isdecimal():
        raise WordsError(f"'{text}' is no number")
    return int(text)
