"""A broker that speaks TLS, asks for a password (SCRAM-SHA-512) and denies what no ACL allows."""

from __future__ import annotations

import datetime
import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

from streams.kafka.jars import DEFAULT_CACHE
from streams.kafka.local import LocalKafka

x509 = pytest.importorskip("cryptography.x509")

WORKER, ADMIN = "worker", "admin"
PASSWORDS = {ADMIN: "admin-word", WORKER: "worker-word"}


def write_certificates(folder: Path) -> None:
    """ca.pem, and server.pem with key and chain, as Kafka reads them without a keytool."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)

    def certify(name: str, key: Any, issuer: str, signer: Any, *extensions: Any) -> Any:
        def named(each: str) -> Any:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)])

        builder = x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(issuer))
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - day).not_valid_after(now + day)
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        its = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        for extension in (own, its, *extensions):
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(signer, hashes.SHA256())

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    signs = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    ca = certify("ca", ca_key, "ca", ca_key, x509.BasicConstraints(ca=True, path_length=None), signs)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    server = certify("broker", key, "ca", ca_key, x509.BasicConstraints(ca=False, path_length=None), here, uses)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(private + server.public_bytes(pem) + ca.public_bytes(pem))
    (folder / "server.pem").chmod(0o600)


def options(user: str, folder: Path) -> dict[str, Any]:
    """How kafka-python signs in."""
    return {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user,
        "sasl_plain_password": PASSWORDS[user],
        "ssl_cafile": str(folder / "ca.pem"),
    }


@contextmanager
def secured_kafka(folder: Path) -> Iterator[LocalKafka]:
    """A broker whose certificates lie in `folder`."""
    write_certificates(folder)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        port, inside = one.getsockname()[1], other.getsockname()[1]
    advertised = f"CLIENT://127.0.0.1:{port},INTERNAL://127.0.0.1:{inside}"
    login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    extra = {
        "listeners": f"{advertised},CONTROLLER://127.0.0.1:{port + 1}",
        "advertised.listeners": advertised,
        "listener.security.protocol.map": "CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL",
        "inter.broker.listener.name": "INTERNAL",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "server.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(folder / "ca.pem"),
        "listener.name.internal.ssl.client.auth": "required",
        "listener.name.controller.ssl.client.auth": "required",
        "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/,DEFAULT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.client.scram-sha-512.sasl.jaas.config": login,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": f"User:broker;User:{ADMIN}",
    }
    users = [
        word
        for user, password in PASSWORDS.items()
        for word in ("--add-scram", f"SCRAM-SHA-512=[name={user},password={password}]")
    ]
    with LocalKafka(
        folder / "data",
        port=port,
        extra=extra,
        format_arguments=users,
        client_options=options(ADMIN, folder),
        cache=Path(os.environ.get("EARLYWORD_CACHE", DEFAULT_CACHE)),
    ) as kafka:
        yield kafka


def allow(kind: ResourceType, name: str, operation: ACLOperation) -> ACL:
    """A right of the worker."""
    return ACL(f"User:{WORKER}", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name))
