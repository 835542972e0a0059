"""Reads a value as JSON, once and strictly, so that two readers can never take it for two different things.

Refused besides what RFC 8259 refuses: NaN and Infinity, numbers that no float or 64-bit integer holds, text that is not
UTF-8, a name that comes twice in one object, and nesting deeper than any event of ours. The depth is looked at before
the value is read, so that the answer does not hang on how deep the reader's own stack is.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any, Final

import msgspec

from schemas.wire.dead_letter_v1 import Reason
from streams.intake.refused import Refused

MAX_DEPTH: Final = 32  # an event of ours is 6 deep in an envelope
# A text without an end is taken to the last byte: to look for its end from each of its quotation marks takes minutes.
_TEXT: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS: Final = bytes(set(range(256)) - _STEPS.keys())

_decode: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode


def read_json(value: bytes) -> Any:
    """The content of this JSON text. Raises Refused with ``JSON``."""
    if value.count(b"[") + value.count(b"{") > MAX_DEPTH and _is_too_deep(value):
        raise Refused(Reason.JSON)
    try:
        content = _decode(value)
        if _names_come_twice(value, content):
            raise Refused(Reason.JSON)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # ValueError: not UTF-8, or an integer beyond measure
        raise Refused(Reason.JSON) from None
    return content


def _is_too_deep(value: bytes) -> bool:
    """Whether brackets nest deeper than ``MAX_DEPTH``. In time that grows with the value and with nothing else."""
    brackets = _TEXT.sub(b"", value).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > MAX_DEPTH


def _names_come_twice(value: bytes, content: object) -> bool:
    """Whether a name comes twice in one object of ``value``, of which the reader then kept the last only.

    Where no character is escaped but the backslash itself (the register code of an afternoon), every text is written in
    one way, so each has two quotation marks before and after.
    """
    if b"\\" not in value or b"\\" not in value.replace(b"\\\\", b""):
        return value.count(b'"') != _encode(content).count(b'"')
    try:
        json.loads(value, object_pairs_hook=_refuse_twins)
    except _NameTwice:
        return True
    return False


class _NameTwice(Exception):  # noqa: N818 - an answer, caught above
    pass


def _refuse_twins(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _NameTwice
