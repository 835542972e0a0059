"""What a strand was told, packed: most events are session marks, and then no fact has to be read or written.

The bytes of the same facts are the same however they were told, so whatever follows from them alone is worked out once
and found again by them (``models.family.told``). Facts of one strand repeat agencies, sources and words: deflated they
take less than half.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zlib import compress, decompress

import msgspec
from msgspec import Struct

from schemas.facts import Part, Saying, Version
from schemas.identifiers import AgencyId, Day, FactKey


class KnownFact(Struct, frozen=True, gc=False, array_like=True):
    """The newest that was said under one natural key about one identifier; ``saying`` None: not so (any more).

    ``latest`` is the latest date the statement carries, which decides how long it is kept.
    """

    agency: AgencyId
    version: Version
    saying: Saying | None
    part: Part | None
    latest: Day

    def __repr__(self) -> str:
        return "KnownFact(...)"


_BARE: Final = -15
"""Deflate without header and checksum: the row has its own."""
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(dict[FactKey, KnownFact]).decode


def pack_facts(facts: Mapping[FactKey, KnownFact]) -> bytes:
    """Facts by their natural keys, as a strand keeps them; nothing at all where there is none."""
    return compress(_encode(dict(facts)), wbits=_BARE) if facts else b""


@lru_cache(maxsize=4096)
def unpack_facts(packed: bytes) -> Mapping[FactKey, KnownFact]:
    """The facts in these bytes."""
    return MappingProxyType(_decode(decompress(packed, wbits=_BARE)) if packed else {})
