"""A plan in TOML: what is fixed before anything is measured.

prevalence = 0.03
rule = "notifications_90d"
[features.notifications_90d]
transform = "count"
cap = 20
sign = 1
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

from models.learning.plan import Declared
from models.learning.specification import Sign
from models.transforms import Transform, is_sound
from streams.evaluation.reading import ExamplesError


class DeclaredFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file as it is written."""

    prevalence: float | None = None
    rule: str | None = None
    features: dict[str, dict[str, object]] = {}


def read_declared(path: Path, columns: tuple[str, ...]) -> tuple[tuple[Declared, ...], float | None, str | None]:
    """What the plan says of each of these columns, the registered prevalence, and the one-feature rule.

    Raises ExamplesError.
    """
    try:
        told = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), DeclaredFile)
    except (OSError, ValueError, msgspec.MsgspecError):
        raise ExamplesError("the plan is not TOML with prevalence, rule and features alone") from None
    if told.prevalence is not None and not 0 < told.prevalence < 1:
        raise ExamplesError("the plan's prevalence does not lie between 0 and 1")
    if set(told.features) - set(columns):
        raise ExamplesError("the plan declares a feature that the file does not have")
    return tuple(_declare(name, told.features.get(name, {})) for name in columns), told.prevalence, told.rule


def _declare(name: str, said: dict[str, object]) -> Declared:
    rest = {key: value for key, value in said.items() if key != "sign"}
    place = f"the plan's feature {name}"
    try:
        sign = msgspec.convert(said.get("sign", 0), Sign)
        transform = msgspec.convert(rest, Transform) if rest else None
    except msgspec.MsgspecError:
        raise ExamplesError(
            f"{place} needs a transform of flag, count, recency, range or centred, and a sign"
        ) from None
    if transform is not None and not is_sound(transform):
        raise ExamplesError(f"{place} needs a cap of at least 1, a scale above 0, or low below high")
    return Declared(name=name, transform=transform, sign=sign)
