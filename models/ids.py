"""Derived ids: the same parts give the same id, in every process and in every replay.

Nothing in earlyword throws dice for an id, so a crash repeats an output under its id instead of doubling it. The parts
are pseudonyms and other derived ids: this is a plain hash without a key, and must never be given a partner's identifier
(their pseudonyms are made with the hub's key, in ``streams.intake``).
"""

from base64 import b32encode
from hashlib import sha256
from typing import Final

_BYTES: Final = 15
"""120 bits: among a thousand million ids the chance that any two agree is below 1 in 10^18. No padding in base32."""

_PREFIXES: Final = {
    "prompt": "p",
    "reason": "r",
    "child": "c",
    "family": "f",
    "fact": "t",
    "identifier": "i",
    "example": "x",
}


def derive(domain: str, *parts: str | int | bytes) -> str:
    """A short stable id of these parts, as ``p-mfrggzdfmztwq2lknnwg23tp``.

    ``domain`` says what the id is of: ids of different domains differ even where their parts agree. Well-known domains
    (``prompt``, ``reason``, ``child``, ``family``, ``fact``, ``identifier``, ``example``) show as one letter before the
    hyphen, any other as itself. Parts are hashed with their type and length, so ``("ab", "c")``, ``("a", "bc")``,
    ``(1,)`` and ``("1",)`` are four different ids. Only ``[a-z2-7]`` follows the hyphen.
    """
    digest = sha256(_framed(domain))
    for part in parts:
        digest.update(_framed(part))
    letters = b32encode(digest.digest()[:_BYTES]).decode("ascii").lower()
    return f"{_PREFIXES.get(domain, domain)}-{letters}"


def _framed(part: str | int | bytes) -> bytes:
    if isinstance(part, str):
        kind, raw = b"s", part.encode()
    elif isinstance(part, int):
        kind, raw = b"i", b"%d" % part
    else:
        kind, raw = b"b", part
    return b"%s%d:%s" % (kind, len(raw), raw)
