"""The proxy audit as a paper: which protected traits can be told from the vector, and why that is justified.

Its fields hang on the evaluation: one for each trait that the file of groups told. A trait above the limit, and one of
which no group had enough data, stays ``REQUIRED: not filled`` until the hub has written under the trait's name why the
features are used all the same. Without any trait nothing was audited, which is such a field too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from models.learning.papers.paper import Facts, Field, Section, Template
from models.learning.papers.telling import always, tell_features, tell_interval, tell_name, tell_version
from models.learning.proxies import FEWEST_FAMILIES, MOST_TOLD

PROXY_AUDIT: Final = "proxy-audit"
"""The table of its answers."""


def ask_of_proxies(facts: Facts) -> Template:
    """The paper that this evaluation asks for."""
    traits = told_traits(facts)
    return Template(
        name="proxy audit",
        table=PROXY_AUDIT,
        sections=(
            Section(
                "What was audited",
                (
                    Field(key="name", title="Model", fill=tell_name),
                    Field(key="version", title="Version", fill=tell_version),
                    Field(key="features", title="Features", fill=tell_features),
                    Field(
                        key="method",
                        title="How",
                        fill=always(
                            "Each group of each trait against everybody else of whom the trait is known: a logistic"
                            " prediction from the features, fitted on half of the families and held against the other"
                            " half. An AUC of .5 tells nothing, 1 everything; above"
                            f" {MOST_TOLD:.2f} somebody has to write down why the features are used all the same."
                            f" Fewer than {FEWEST_FAMILIES} families in a group, or outside it, in either half are not"
                            " enough data."
                        ),
                    ),
                ),
            ),
            *(_about(trait, figures) for trait, figures in traits.items()),
            *(
                ()
                if traits
                else (Section("Traits", (Field(key="traits", title="Audited traits", fill=lambda _: None),)),)
            ),
        ),
    )


def told_traits(facts: Facts) -> dict[str, list[Mapping[str, Any]]]:
    """The figures of each trait's groups, as ``earlyword evaluate --json`` says them under ``proxies``."""
    traits: dict[str, list[Mapping[str, Any]]] = {}
    for one in () if facts.evaluation is None else facts.evaluation.get("proxies", ()):
        traits.setdefault(str(one["trait"]), []).append(one)
    return traits


def _about(trait: str, figures: list[Mapping[str, Any]]) -> Section:
    told = [one for one in figures if one["enough"]]
    proxies = [str(one["group"]) for one in told if one["proxy"]]
    if proxies:
        title, otherwise = f"Why it is justified, although {', '.join(proxies)} can be told", None
    elif not told:
        title, otherwise = "Why it is justified, although too little is known to audit it", None
    else:
        title, otherwise = "Justification", "None is asked for."
    return Section(
        f"Trait: {trait}",
        (
            Field(key=f"{trait}, by group", title="AUC by group", fill=always("; ".join(map(_say, figures)) + ".")),
            Field(key=trait, title=title, otherwise=otherwise),
        ),
    )


def _say(one: Mapping[str, Any]) -> str:
    if one["group"] is None:
        return "no row's group is known"
    if not one["enough"]:
        return f"{one['group']}: not enough data"
    return f"{one['group']}: {one['auc']:.3f} {tell_interval(one['interval'])}"
