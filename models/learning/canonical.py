"""One way to write something down, so that equal things have equal bytes, and equal bytes one hash.

JSON with sorted keys and tight separators, floats by ``repr`` (which reads back to the same bits), no NaN, no infinity.
No pickle: it runs code as it is read, and what it writes changes with the library.
"""

from __future__ import annotations

import hashlib
import json

import msgspec

HASH_DIGITS = 16


def to_canonical(value: object) -> bytes:
    """The canonical bytes of what msgspec can turn into plain JSON. Raises ValueError for a number without value."""
    plain = msgspec.to_builtins(value)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True).encode()


def hash_of(body: bytes) -> str:
    """The first 16 hexadecimal digits of the sha256."""
    return hashlib.sha256(body).hexdigest()[:HASH_DIGITS]
