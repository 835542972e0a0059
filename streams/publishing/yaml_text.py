"""Plain data as YAML text: block style, keys in their own order, one way to write everything, so that it compares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z$_/][A-Za-z0-9$_./{}-]*")
_NOT_PLAIN: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})


def write_yaml(content: Mapping[str, Any]) -> str:
    """This content as a YAML document. Texts stand in quotes, so that YAML makes nothing else of them."""
    return "\n".join(_mapping(content, "")) + "\n"


def _mapping(content: Mapping[str, Any], margin: str) -> Iterator[str]:
    for name, item in content.items():
        yield from _entry(f"{margin}{_key(name)}:", item, margin + "  ")


def _sequence(content: list[Any], margin: str) -> Iterator[str]:
    for item in content:
        if isinstance(item, (dict, list)) and item:
            lines = list(_mapping(item, margin + "  ") if isinstance(item, dict) else _sequence(item, margin + "  "))
            yield f"{margin}- {lines[0].lstrip()}"
            yield from lines[1:]
        else:
            yield f"{margin}- {json.dumps(item, ensure_ascii=False)}"


def _entry(head: str, item: Any, margin: str) -> Iterator[str]:
    if isinstance(item, (dict, list)) and item:
        yield head
        yield from _mapping(item, margin) if isinstance(item, dict) else _sequence(item, margin)
    else:
        yield f"{head} {json.dumps(item, ensure_ascii=False)}"


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name.lower() not in _NOT_PLAIN else json.dumps(name, ensure_ascii=False)
