"""``earlyword.models.v1`` as it is read: its records, put on a shelf."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models.learning.shelf import Shelf
from schemas.models import RESUME_OFFSET
from streams.logs import get_logger
from streams.topics import MODELS


def shelve(shelf: Shelf, records: Iterable[Any]) -> None:
    """Put records of either client on a shelf. What nobody may use is told, by its coordinates."""
    for record in records:
        if record.key is None:
            continue
        key = record.key.decode(errors="replace")
        shelved = shelf.take(record.offset, key, record.value, _resume_offset(record.headers))
        if shelved in ("unsound", "behind"):
            get_logger().warning(
                "model_record_not_used", topic=MODELS, partition=0, offset=record.offset, reason=shelved
            )


def _resume_offset(headers: Iterable[tuple[str, bytes]]) -> int:
    told = dict(headers).get(RESUME_OFFSET, b"0")
    return int(told) if told.isdigit() else 0
