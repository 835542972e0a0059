"""What a file has said before, so that a repetition is seen and said.

One pass over the file knows only what it remembers: 64-bit digests, about 100 bytes each, two or three for a child.
That is some megabytes for the largest council, and the only memory that grows with the file.
"""

from hashlib import blake2b
from json import dumps


class Repeats:
    """Remembers, for one file, how often something came and which child a pupil number belongs to."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._holders: dict[int, int] = {}

    def count(self, *parts: str) -> int:
        """How often these parts came before; counts this time too."""
        key = _digest(*parts)
        before = self._counts.get(key, 0)
        self._counts[key] = before + 1
        return before

    def claim(self, number: str, holder: str) -> bool:
        """Whether the number was free or this holder's already; it is the first holder's from then on."""
        key = _digest(holder)
        return self._holders.setdefault(_digest(number), key) == key


def _digest(*parts: str) -> int:
    return int.from_bytes(blake2b(dumps(parts).encode(), digest_size=8).digest(), "big")
