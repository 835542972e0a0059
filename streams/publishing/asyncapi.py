"""The AsyncAPI 3.0.0 document: which topics there are, who writes what on them, and how, for partners and hub systems.

Only what others meet is in it; our own topics between processes are nobody else's business. Payloads are the JSON
Schemas beside it, by relative reference.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, get_args

from schemas.facts import WireKind
from schemas.wire.kinds import FORMATS, NEWEST, type_of
from streams.topics import DEAD_LETTERS, PROMPT_ACTIONS, PROMPTS, declare_topics, partner_topic

Document = dict[str, Any]

_KAFKA: Final = "0.5.0"  # version of the Kafka bindings
_DIALECT: Final = "application/schema+json;version=draft-2020-12"

_ANY: Final = "any-agency"
_TOPICS: Final = {topic.name: topic for topic in declare_topics((_ANY, kind) for kind in get_args(WireKind))}

_ABOUT_KINDS: Final = {
    "referral": "Somebody asks services to look at a child, and what is decided.",
    "school-absence": "Session marks of one child at one school, attending ones too.",
    "police-notification": "The police tell of an incident and of the children concerned.",
    "outcome": "What services found or did later.",
    "family-link": "The hub says which identifiers are one child, and to which family a child belongs.",
}


def asyncapi_document() -> Document:
    """The whole document, as plain data."""
    channels: Document = {}
    operations: Document = {}
    messages: Document = {}
    for kind in get_args(WireKind):
        name = _camel(kind)
        channels[name] = _inbound_channel(kind)
        operations[f"hear{name[0].upper()}{name[1:]}"] = _operation("receive", name, _ABOUT_KINDS[kind])
        messages[name] = _inbound_message(kind)
    for name, (action, about) in _OTHER_OPERATIONS.items():
        channels[name] = _OTHER_CHANNELS[name]
        operations[f"{'hear' if action == 'receive' else 'say'}{name[0].upper()}{name[1:]}"] = _operation(
            action, name, about
        )
        messages[name[:-1]] = _OTHER_MESSAGES[name[:-1]]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "earlyword",
            "version": f"{NEWEST}.0",
            "description": (
                "Partners of a safeguarding hub publish events; earlyword answers with review prompts. "
                "It asks a person to look. It never decides."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": {"CloudEventHeaders": _CLOUDEVENT_HEADERS}},
    }


def _inbound_channel(kind: WireKind) -> Document:
    return {
        "address": partner_topic("{agency}", kind),
        "description": "One topic per agency and kind: the right to write on it is the sender's identity.",
        "parameters": {"agency": {"description": "The agency's id in the hub's file: [a-z0-9-], 1 to 64."}},
        "messages": {_camel(kind): {"$ref": f"#/components/messages/{_camel(kind)}"}},
        "bindings": _kafka_topic(partner_topic(_ANY, kind)),
    }


def _inbound_message(kind: WireKind) -> Document:
    return {
        "name": type_of(kind),
        "title": kind,
        "summary": _ABOUT_KINDS[kind],
        "description": (
            "CloudEvents 1.0 in binary mode (attributes as headers, the data as value) or in structured mode "
            "(application/cloudevents+json). Value under 256 KiB, headers under 4 KiB. A retry sends the same id "
            "and the same bytes."
        ),
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
        "payload": _schema_beside(kind),
        "bindings": _kafka_key("The agency's own reference of its subject, never an NHS number; placed by murmur2."),
    }


def _operation(action: str, channel: str, about: str) -> Document:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": about}


def _kafka_topic(name: str) -> Document:
    topic = _TOPICS[name]
    configuration: Document = {"cleanup.policy": topic.cleanup.split(","), "max.message.bytes": topic.max_bytes}
    if topic.retention is not None:
        configuration["retention.ms"] = topic.retention // timedelta(milliseconds=1)
    return {"kafka": {"partitions": topic.partitions, "topicConfiguration": configuration, "bindingVersion": _KAFKA}}


def _kafka_key(about: str) -> Document:
    return {"kafka": {"key": {"type": "string", "description": about}, "bindingVersion": _KAFKA}}


def _schema_beside(name: str) -> Document:
    return {"schemaFormat": _DIALECT, "schema": {"$ref": f"./{name}/{NEWEST}.schema.json"}}


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)


_CLOUDEVENT_HEADERS: Final[Document] = {
    "type": "object",
    "description": "Headers of binary mode. Extensions are accepted and not read.",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"},
        "ce_source": {"type": "string", "format": "uri-reference", "minLength": 1},
        "ce_type": {"enum": [type_of(kind) for kind in FORMATS]},
        "ce_time": {"type": "string", "format": "date-time", "description": "When the agency recorded it."},
        "ce_subject": {"type": "string", "minLength": 1, "description": "Accepted and not read. Never a name."},
        "ce_dataschema": {"type": "string", "description": "urn:earlyword:schema:<type>:<version>"},
        "content-type": {"type": "string", "default": "application/json"},
    },
}

_OTHER_OPERATIONS: Final = {
    "prompts": ("send", "Review prompts for duty teams, each revision whole."),
    "promptActions": ("receive", "What workers do with prompts, from the console or a hub system."),
    "deadLetters": ("send", "Records that were set aside, as they were, with where and why."),
}

_OTHER_CHANNELS: Final[Document] = {
    "prompts": {
        "address": PROMPTS,
        "messages": {"prompt": {"$ref": "#/components/messages/prompt"}},
        "bindings": _kafka_topic(PROMPTS),
    },
    "promptActions": {
        "address": PROMPT_ACTIONS,
        "messages": {"promptAction": {"$ref": "#/components/messages/promptAction"}},
        "bindings": _kafka_topic(PROMPT_ACTIONS),
    },
    "deadLetters": {
        "address": DEAD_LETTERS,
        "messages": {"deadLetter": {"$ref": "#/components/messages/deadLetter"}},
        "bindings": _kafka_topic(DEAD_LETTERS),
    },
}

_OTHER_MESSAGES: Final[Document] = {
    "prompt": {
        "name": "prompt",
        "summary": "A request that a person looks: a question, the facts it rests on, what speaks the other way.",
        "contentType": "application/json",
        "payload": _schema_beside("prompt"),
        "bindings": _kafka_key("prompt_id"),
    },
    "promptAction": {
        "name": "prompt-action",
        "summary": "What a worker did with a prompt.",
        "contentType": "application/json",
        "payload": _schema_beside("prompt-action"),
        "bindings": _kafka_key("prompt_id"),
    },
    "deadLetter": {
        "name": "dead-letter",
        "summary": "The original key, value and headers to the byte, and headers of ours.",
        "contentType": "application/octet-stream",
        "headers": _schema_beside("dead-letter"),
        "payload": {"type": "string", "format": "binary", "description": "The original value."},
        "bindings": _kafka_key("The original key."),
    },
}
