"""The headers of a partner's record: which of them are the event's, and what they say.

Kafka's names are exact: ``ce_id`` is an attribute, ``CE_ID`` is nobody's. Only ``content-type`` may be in capitals, as
in HTTP. Whatever is not the event's is neither read nor judged, but it counts towards the size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from schemas.wire.common import point_to
from schemas.wire.dead_letter_v1 import PREFIX, Reason
from streams.intake.refused import Refused

MAX_HEADER_BYTES: Final = 4 * 1024

Headers: TypeAlias = Sequence[tuple[str, bytes | None]]
"""Headers of a Kafka record in their order; one without value has None."""

CONTENT_TYPE: Final = "datacontenttype"
"""The attribute that binary mode writes as the header ``content-type``."""


class Told(Struct, frozen=True, gc=False):
    """What the event's own headers say: its attributes and content type as text, and which of them came twice."""

    attributes: dict[str, str]
    content_type: str | None
    twice: tuple[str, ...]


def list_headers(headers: Headers | Mapping[str, bytes | None] | None) -> Headers:
    """Headers as a list, however the client hands them over. A ``dict`` has already lost those that came twice."""
    if headers is None:
        return ()
    return tuple(headers.items()) if isinstance(headers, Mapping) else headers


def read_headers(headers: Headers) -> Told:
    """The event's own headers.

    Raises Refused with ``TOO_LARGE`` where all headers together have 4 KiB or more, and with ``HEADER_DECODE`` where
    one of the event's is not UTF-8 or has no value.
    """
    attributes: dict[str, str] = {}
    content_type: str | None = None
    twice: list[str] = []
    unreadable: list[str] = []
    size = 0
    for name, content in headers:
        size += len(name) + (0 if content is None else len(content))
        is_attribute = name.startswith("ce_")
        if not is_attribute and name.lower() != "content-type":
            continue
        try:
            text = None if content is None else content.decode()
        except UnicodeDecodeError:
            text = None
        attribute = name[3:] if is_attribute else CONTENT_TYPE
        if text is None:
            unreadable.append(point_to(attribute))
        elif is_attribute:
            if attribute in attributes:
                twice.append(point_to(attribute))
            attributes[attribute] = text
        else:
            if content_type is not None:
                twice.append(point_to(attribute))
            content_type = text
    # A name has at most four bytes a letter, so the exact size is worked out only where it may matter.
    if size * 4 >= MAX_HEADER_BYTES and _exact_size(headers) >= MAX_HEADER_BYTES:
        raise Refused(Reason.TOO_LARGE)
    if unreadable:
        raise Refused(Reason.HEADER_DECODE, *unreadable)
    return Told(attributes, content_type, tuple(twice))


def _exact_size(headers: Headers) -> int:
    """In bytes, names included. What a replay of ours added does not count."""
    theirs = [(name, content) for name, content in headers if not name.startswith(PREFIX)]
    return sum(len(name.encode("utf-8", "replace")) + len(content or b"") for name, content in theirs)
