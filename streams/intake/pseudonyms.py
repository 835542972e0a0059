"""Pseudonyms: what becomes of a partner's identifiers at the door. Only intake holds the key (RELIABILITY section 5.4).

A pseudonym is ``k<version>:`` and the first 120 bits of HMAC-SHA-256(key, domain || 0x00 || canonical name) in small
base32. Without the key it cannot be turned back, not even by trying all ten digits of the NHS numbers; with it, it can:
pseudonyms remain personal data.

A canonical name is its parts joined by 0x00. Only the last part may be free text, so no two names are written alike.
The clear names stay in the caches of this process and nowhere else.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hmac import digest
from typing import Final

from schemas.facts import WireKind
from schemas.identifiers import AgencyId, FactKey, FamilyId, IdentifierId

MIN_KEY_BYTES: Final = 32
_PSEUDONYM_BYTES: Final = 15  # 120 bits: 24 letters of base32 and no padding
_NATIONAL: Final = frozenset({"upn", "nhs-number"})
_CACHED_NAMES: Final = 65_536  # about 20 MB; a hub of median size has some 60,000 pupils


class PseudonymKeyError(ValueError):
    """There is no usable pseudonym key. Operator: give intake a secret of at least 32 bytes and keep it; exit code 2.

    The message is one sentence and never shows the key.
    """


@dataclass(frozen=True, slots=True, repr=False)
class HubKey:
    """The hub's secret and its version. Raises PseudonymKeyError below 32 bytes."""

    secret: bytes
    version: int = 1

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_KEY_BYTES:
            raise PseudonymKeyError(
                f"The pseudonym key has {len(self.secret)} bytes; give at least {MIN_KEY_BYTES}, made by a machine."
            )

    def __repr__(self) -> str:
        return f"HubKey(version={self.version})"


PUBLISHED_KEY: Final = HubKey(secret=b"earlyword: this key is published and protects nobody", version=0)
"""For rehearsals, demonstrations and tests on made-up data: its pseudonyms begin with ``k0:`` and hide nothing."""


def read_key(secret: bytes | str | None, version: int = 1) -> HubKey:
    """The hub's key from a setting or the content of a secret file; the end of its line is not part of it.

    Raises PseudonymKeyError when it is missing, too short, or the published one.
    """
    raw = (secret.encode() if isinstance(secret, str) else secret or b"").rstrip(b"\r\n")
    if not raw.strip():
        raise PseudonymKeyError(f"There is no pseudonym key; give a secret of at least {MIN_KEY_BYTES} bytes.")
    if raw == PUBLISHED_KEY.secret:
        raise PseudonymKeyError("The pseudonym key is the published one; give a secret of your own.")
    return HubKey(raw, version)


class Pseudonyms:
    """Pseudonyms under one key. The same name gives the same pseudonym, in every process and every replay."""

    identifier: Callable[[str, str, str], IdentifierId]
    """Of a child's identifier: scheme, agency that gave it (unused for national schemes), value."""

    family: Callable[[str, str], FamilyId]
    """Of a family as an agency names it: agency, the agency's own reference."""

    def __init__(self, key: HubKey) -> None:
        self._secret = key.secret
        self._prefix = f"k{key.version}:"
        self.identifier = lru_cache(_CACHED_NAMES)(self._identifier)
        self.family = lru_cache(_CACHED_NAMES)(self._family)

    def fact(self, agency: AgencyId, kind: WireKind, *parts: str) -> FactKey:
        """Of a natural key: the agency, the kind and what else the kind's key consists of, free text last."""
        return FactKey(self._pseudonym("fact", agency, kind, *parts))

    def occurrence(self, agency: AgencyId, reference: str) -> str:
        """Of an incident as a police force names it; several notifications may share it."""
        return self._pseudonym("occurrence", agency, reference)

    def _identifier(self, scheme: str, agency: str, value: str) -> IdentifierId:
        giver = "" if scheme in _NATIONAL else agency
        return IdentifierId(self._pseudonym("identifier", scheme, giver, value))

    def _family(self, agency: str, reference: str) -> FamilyId:
        return FamilyId(self._pseudonym("family", agency, reference))

    def _pseudonym(self, domain: str, *name: str) -> str:
        mac = digest(self._secret, "\0".join((domain, *name)).encode(), "sha256")
        return self._prefix + b32encode(mac[:_PSEUDONYM_BYTES]).decode("ascii").lower()
