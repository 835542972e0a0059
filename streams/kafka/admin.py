"""Topics as declared, on a broker: make what is missing, and say what is not as declared."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from typing import Any, Final, assert_never

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from streams.settings import Settings
from streams.topics import Topic, describe

WAIT_MS: Final = 30_000
# What must be as declared for nothing to be lost or kept too long; the rest an operator may tune.
CHECKED: Final = (
    "cleanup.policy",
    "retention.ms",
    "message.timestamp.type",
    "max.compaction.lag.ms",
    "min.compaction.lag.ms",
)


class BrokerAwayError(Exception):
    """No broker answered, or it refused us. Operator: see address, security settings and ACLs."""


class TopicRefusedError(Exception):
    """The broker would not make a topic. Operator: see the rights of this user, and how many brokers there are."""


def client_options(settings: Settings) -> dict[str, object]:
    """What kafka-python needs to be told for the brokers' protection, beside their addresses."""
    match settings.security:
        case "plaintext":
            return {}
        case "scram":
            password = settings.kafka_password
            return {
                "security_protocol": "SASL_SSL",
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": settings.kafka_user,
                "sasl_plain_password": password.get_secret_value() if password else None,
                "ssl_context": _trust(settings),
            }
        case "mutual-tls":
            context = _trust(settings)
            if settings.kafka_certificate_file:
                context.load_cert_chain(settings.kafka_certificate_file, settings.kafka_key_file)
            return {"security_protocol": "SSL", "ssl_context": context}
        case never:
            assert_never(never)


def open_admin(
    brokers: Iterable[str], *, timeout_ms: int = WAIT_MS, options: Mapping[str, object] | None = None
) -> Any:
    """An admin client, to be closed; `options` are kafka-python's, for TLS and a password.

    Raises BrokerAwayError when no broker answers within `timeout_ms`.
    """
    try:
        return KafkaAdminClient(
            bootstrap_servers=list(brokers),
            bootstrap_timeout_ms=timeout_ms,
            request_timeout_ms=timeout_ms,
            **(options or {}),
        )
    except (KafkaError, OSError) as fault:
        raise BrokerAwayError(f"No broker answered as expected ({type(fault).__name__}).") from None


def apply(admin: Any, topics: Iterable[Topic], replication: int) -> tuple[str, ...]:
    """Create the topics that are missing, wait until each can be written to, and give their names.

    What is there already is left as it is: `check` says whether it is right. Two may do this at once.
    """
    there = set(admin.list_topics())
    missing = {topic.name: topic for topic in topics if topic.name not in there}
    if not missing:
        return ()
    wanted = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": replication,
            "configs": describe(topic, replication=replication),
        }
        for topic in missing.values()
    }
    answers = admin.create_topics(wanted, raise_errors=False)["topics"]
    for answer in answers:
        if answer["error_code"] not in (0, TopicAlreadyExistsError.errno):
            raise TopicRefusedError(
                f"The broker refused topic {answer['name']}: {for_code(answer['error_code']).__name__}."
            )
    admin.wait_for_topics(list(missing), timeout_ms=WAIT_MS)
    return tuple(missing)


def check(admin: Any, topics: Iterable[Topic]) -> tuple[str, ...]:
    """What is not as declared, a sentence each, in the order of the topics; empty when all is well."""
    declared = tuple(topics)
    there = {found["name"]: found for found in admin.describe_topics() if not found["error_code"]}
    settings = _read_settings(admin, [topic.name for topic in declared if topic.name in there])
    return tuple(
        problem
        for topic in declared
        for problem in _compare(topic, there.get(topic.name), settings.get(topic.name, {}))
    )


def _trust(settings: Settings) -> ssl.SSLContext:
    """The authorities we trust; host names are always checked."""
    return ssl.create_default_context(cafile=settings.kafka_ca_file)


def _compare(topic: Topic, found: dict[str, Any] | None, settings: Mapping[str, str]) -> Iterable[str]:
    if found is None:
        yield f"Topic {topic.name} is missing; create it with `earlyword topics apply`."
        return
    partitions = len(found["partitions"])
    if partitions != topic.partitions:
        yield (
            f"Topic {topic.name} has {partitions} partitions instead of {topic.partitions}, so keys would lie"
            " where nobody looks for them; move its records to a topic with the right number."
        )
    wanted = describe(topic)
    for name in CHECKED:
        if name in wanted and settings.get(name) != wanted[name]:
            yield f"Topic {topic.name} has {name}={settings.get(name)} instead of {wanted[name]}; alter that setting."


def _read_settings(admin: Any, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(CHECKED)) for name in names]
    told = admin.describe_configs(asked, config_filter="all").get("topic", {})
    return {name: {key: str(value["value"]) for key, value in found.items()} for name, found in told.items()}
