"""What several commands are asked in the same words: a hub, a key, a moment."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from models.calendar.local_time import to_moment
from schemas.hub import Hub
from schemas.identifiers import Moment
from schemas.wire.times import read_time
from streams.commands.saying import stop
from streams.hub import BUILT_IN_HUB, read_hub
from streams.intake.pseudonyms import PUBLISHED_KEY, HubKey, read_key
from streams.settings import read_settings

_Kind = TypeVar("_Kind")


def hub_of(path: Path | None) -> Hub:
    """The hub of this file; without one the built-in hub, which agrees to all kinds."""
    return BUILT_IN_HUB if path is None else read_hub(path)


def key_of_settings() -> HubKey:
    """The configured key, else the published one; it says which."""
    settings = read_settings()
    if settings.pseudonym_key is None:
        click.echo("pseudonyms: the published key, which hides nothing (EARLYWORD_PSEUDONYM_KEY is not set)", err=True)
        return PUBLISHED_KEY
    click.echo("pseudonyms: the key of EARLYWORD_PSEUDONYM_KEY", err=True)
    return read_key(settings.need_pseudonym_key(), settings.pseudonym_key_version)


def moment_of(option: str, text: str | None) -> Moment | None:
    """The moment that an option says, RFC 3339; None where it was not given."""
    told = datetime_of(option, text)
    return None if told is None else to_moment(told)


def datetime_of(option: str, text: str | None) -> datetime | None:
    """The time that an option says, RFC 3339; None where it was not given."""
    if text is None:
        return None
    try:
        return read_time(text)
    except ValueError:
        stop(f"{option} must be a time with offset, as 2026-09-02T08:30:00+01:00.")


def read_json(path: Path, kind: type[_Kind], word: str) -> _Kind:
    """What this file says, as one of these; else the command ends with a sentence that says it is no ``word``."""
    try:
        return msgspec.convert(json.loads(path.read_bytes()), type=kind)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        stop(f"{path.name} is no {word}; deploy/README.md names the fields.")
