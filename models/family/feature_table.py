"""The list of features as Markdown: the table in ``models/README.md`` is this one, and a test holds it to that."""

from __future__ import annotations

from typing import assert_never

from models.family.feature import Feature
from models.family.features import FEATURES
from models.transforms import Centred, Count, Flag, Range, Recency, Transform


def write_table() -> str:
    """The table, a line a feature, in the order of the list."""
    rows = ["| feature | rests on | bounded as | sign | told as |", "|---|---|---|---|---|"]
    rows += [
        f"| `{feature.name}` | {_sources(feature)} | {_bound(feature.transform)} | {_SIGNS[feature.sign]} "
        f"| {feature.says} |"
        for feature in FEATURES
    ]
    return "\n".join(rows) + "\n"


_SIGNS = {1: "+", -1: "-", 0: "free"}


def _sources(feature: Feature) -> str:
    fields: dict[str, list[str]] = {}
    for source in feature.sources:
        kind, _, field = source.partition(".")
        fields.setdefault(kind, []).append(f"`{field}`")
    return "; ".join(f"{kind} {' '.join(named)}" for kind, named in fields.items())


def _bound(transform: Transform) -> str:
    match transform:
        case Flag():
            return "0 or 1"
        case Count(cap):
            return f"count, cap {cap}"
        case Recency(scale):
            return f"exp(-days / {scale:g})"
        case Range(low, high):
            return f"{low:g} to {high:g}"
        case Centred(centre, scale):
            return f"(value - {centre:g}) / {scale:g}"
        case _:
            assert_never(transform)
