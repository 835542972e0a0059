"""An interval, as all measures give it. By itself, so that who serves a model need not load what measures one."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

Z95: Final = 1.959963984540054
"""Half-width of a 95 % interval in standard deviations."""


class Interval(Struct, frozen=True):
    """From where to where, at 95 % unless it is said otherwise."""

    low: float
    high: float
