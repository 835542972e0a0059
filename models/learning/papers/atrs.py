"""The fields of the Algorithmic Transparency Recording Standard, version 3, as ``DOMAIN`` section 5 lists them.

The names of the tiers and their order were not verified against the standard's own form.
"""

from __future__ import annotations

from typing import Final

from models.learning.papers.paper import Field, Section, Template
from models.learning.papers.telling import (
    always,
    tell_architecture,
    tell_features,
    tell_learned,
    tell_name,
    tell_performance,
    tell_rows,
    tell_version,
)


def _asked(key: str, title: str) -> Field:
    return Field(key=key, title=title)


ATRS: Final = Template(
    name="ATRS record",
    table="atrs",
    sections=(
        Section(
            "Metadata",
            (
                _asked("record-id", "Record id"),
                Field(key="standard-version", title="Standard version", fill=always("3")),
                _asked("completed-on", "Date completed"),
                _asked("updated-on", "Date updated"),
                _asked("archived-on", "Date archived, or that it is not"),
            ),
        ),
        Section(
            "Tier 1",
            (
                Field(key="name", title="Name", fill=tell_name),
                Field(
                    key="short-description",
                    title="Description",
                    fill=always(
                        "earlyword reads what agencies tell of the families of a safeguarding hub, and asks a duty"
                        " worker to look where rules, or a model that has passed its gate, call for it. It decides"
                        " nothing and shows no score."
                    ),
                ),
                _asked("website", "Website"),
                _asked("contact", "Contact"),
            ),
        ),
        Section(
            "Tier 2, owner and responsibility",
            (
                _asked("organisation", "2.1.1 Organisation"),
                _asked("team", "2.1.2 Team"),
                _asked("senior-responsible-owner", "2.1.3 Senior responsible owner"),
                _asked("supplier", "2.1.4.1 External supplier, or that there is none"),
                _asked("supplier-number", "2.1.4.2 Companies House number"),
                _asked("supplier-role", "2.1.4.3 The supplier's role"),
                _asked("procurement", "2.1.4.4 Procurement type"),
                _asked("supplier-access", "2.1.4.5 The supplier's access to data"),
            ),
        ),
        Section(
            "Tier 2, description and rationale",
            (
                _asked("description", "Detailed description"),
                _asked("scope", "Scope"),
                _asked("benefit", "Benefit"),
                _asked("previous-process", "Previous process"),
                _asked("alternatives", "Alternatives considered"),
            ),
        ),
        Section(
            "Tier 2, decision making",
            (
                Field(
                    key="process-integration",
                    title="Process integration",
                    fill=always("A prompt is a question to a duty worker, within the team's daily budget."),
                ),
                Field(
                    key="provided-information",
                    title="Provided information",
                    fill=always("Reasons with their facts, what speaks the other way, and what is not known."),
                ),
                _asked("frequency-and-scale", "Frequency and scale"),
                Field(
                    key="human-decisions",
                    title="Human decisions and review",
                    fill=always("Every decision is a person's; a prompt can be contested, and says so if a fact"
                                " under it is corrected."),
                ),
                _asked("training", "Training"),
                _asked("appeals", "Appeals"),
            ),
        ),
        Section(
            "Tier 2, tool and model",
            (
                Field(
                    key="system-architecture",
                    title="System architecture",
                    fill=always("Processes on Apache Kafka; the model is one snapshot in canonical JSON."),
                ),
                _asked("phase", "Phase"),
                _asked("maintenance", "Maintenance"),
                Field(key="model-name", title="Model name", fill=tell_name),
                Field(key="model-version", title="Model version", fill=tell_version),
                Field(
                    key="model-task",
                    title="Model task",
                    fill=always("Binary classification of episodes, from which prompts within a budget are chosen."),
                ),
                Field(key="model-input", title="Model input", fill=tell_features),
                Field(
                    key="model-output",
                    title="Model output",
                    fill=always("A number that stays inside, and reasons in words."),
                ),
                Field(key="model-architecture", title="Model architecture", fill=tell_architecture),
                Field(key="model-performance", title="Model performance", fill=tell_performance),
                Field(key="datasets", title="Datasets", fill=tell_learned),
                _asked("dataset-purpose", "Purpose of the datasets"),
            ),
        ),
        Section(
            "Tier 2, data",
            (
                _asked("data-source", "Source name"),
                Field(key="data-modality", title="Modality", fill=always("Tabular: coded events with times.")),
                _asked("data-description", "Description"),
                Field(key="data-quantities", title="Quantities", fill=tell_rows),
                Field(
                    key="sensitive-attributes",
                    title="Sensitive attributes",
                    fill=always(
                        "None is a feature. Groups for the audit come in a file of their own and never reach the"
                        " learner."
                    ),
                ),
                _asked("completeness", "Completeness and representativeness"),
                _asked("source-url", "Source URL, or that there is none"),
                _asked("collection", "Collection"),
                _asked("cleaning", "Cleaning"),
                _asked("sharing-agreements", "Sharing agreements"),
                _asked("access-and-storage", "Access and storage"),
            ),
        ),
        Section(
            "Tier 2, risks, mitigations and impact assessments",
            (
                _asked("risks", "Risks"),
                _asked("mitigations", "Mitigations"),
                _asked("dpia", "Data protection impact assessment: name, description, date, link"),
                _asked("equality-assessment", "Equality impact assessment: name, description, date, link"),
            ),
        ),
    ),
)  # fmt: skip
