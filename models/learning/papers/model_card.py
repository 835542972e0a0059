"""The model card's fields. Form: Mitchell and others, 2019, "Model cards for model reporting"."""

from __future__ import annotations

from typing import Final

from models.learning.papers.paper import Field, Section, Template
from models.learning.papers.telling import (
    always,
    tell_architecture,
    tell_features,
    tell_groups,
    tell_idle,
    tell_leaks,
    tell_learned,
    tell_makers,
    tell_name,
    tell_performance,
    tell_rows,
    tell_version,
)

MODEL_CARD: Final = Template(
    name="model card",
    table="model-card",
    sections=(
        Section(
            "Model",
            (
                Field(key="name", title="Name", fill=tell_name),
                Field(key="version", title="Version", fill=tell_version),
                Field(key="architecture", title="How it is made", fill=tell_architecture),
                Field(key="made-with", title="Made with", fill=tell_makers),
                Field(key="owner", title="Who answers for it"),
                Field(key="contact", title="Whom to ask"),
                Field(key="review-on", title="When it is looked at again"),
            ),
        ),
        Section(
            "What it is for",
            (
                Field(
                    key="use",
                    title="Use",
                    fill=always(
                        "To ask a duty worker of a safeguarding hub to look at a family's story, within a daily budget,"
                        " beside rules that are always on. The worker reads reasons and facts, never a score."
                    ),
                ),
                Field(
                    key="not-for",
                    title="Not for",
                    fill=always(
                        "No decision, no ranking or banding of families, no replacement of a referral, and no use"
                        " outside the hub that registered it."
                    ),
                ),
                Field(key="purpose", title="What this hub uses it for"),
                Field(key="who-uses-it", title="Who reads its prompts, and how they were trained"),
            ),
        ),
        Section(
            "What it looks at",
            (
                Field(key="features", title="Features", fill=tell_features),
                Field(key="idle", title="Features that say nothing", fill=tell_idle),
                Field(
                    key="never",
                    title="Never looked at",
                    fill=always(
                        "No protected characteristic, no proxy chosen for one, no prompt, no disposition, no score, no"
                        " free text."
                    ),
                ),
                Field(key="proxy-audit", title="What the proxy audit found"),
            ),
        ),
        Section(
            "What it was learned from, and how it was measured",
            (
                Field(key="learned", title="Learned from", fill=tell_learned),
                Field(key="label", title="The label, and why it stands for need"),
                Field(key="measured-on", title="Measured on", fill=tell_rows),
                Field(key="performance", title="Performance", fill=tell_performance),
                Field(key="groups", title="By group", fill=tell_groups),
                Field(key="leaks", title="Leaks", fill=tell_leaks),
            ),
        ),
        Section(
            "What to be careful about",
            (
                Field(
                    key="selective-labels",
                    title="Labels",
                    fill=always(
                        "An outcome is what agencies did and wrote down, not need. Prompts that avert outcomes make a"
                        " live model look worse than it is, prompts that cause records make it look better: only shadow"
                        " measures it."
                    ),
                ),
                Field(key="known-limits", title="Limits known in this hub"),
                Field(key="ethics-review", title="Who has reviewed it, and when"),
            ),
        ),
    ),
)
