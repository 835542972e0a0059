"""Pseudonyms: one name, one pseudonym; no two names written alike; no key, no start."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode

import pytest

from schemas.identifiers import AgencyId
from streams.intake.pseudonyms import PUBLISHED_KEY, HubKey, PseudonymKeyError, Pseudonyms, read_key

POLICE = AgencyId("riverton-police")
COUNCIL = AgencyId("riverton-council")


def ours() -> Pseudonyms:
    return Pseudonyms(HubKey(b"k" * 32, version=3))


def test_a_pseudonym_is_the_hmac_of_domain_and_canonical_name() -> None:
    mac = hmac.new(b"k" * 32, b"identifier\0local\0riverton-police\0P-1", hashlib.sha256).digest()
    assert ours().identifier("local", POLICE, "P-1") == "k3:" + b32encode(mac)[:24].decode().lower()


def test_a_pseudonym_has_the_keys_version_and_24_small_letters_and_digits() -> None:
    assert re.fullmatch(r"k3:[a-z2-7]{24}", ours().fact(POLICE, "referral", "R-1"))


def test_national_identifiers_are_the_same_from_whatever_agency() -> None:
    for scheme in ("upn", "nhs-number"):
        assert ours().identifier(scheme, POLICE, "1") == ours().identifier(scheme, COUNCIL, "1")


def test_local_identifiers_are_another_name_in_another_agency() -> None:
    for scheme in ("la-child-id", "police-nominal", "local"):
        assert ours().identifier(scheme, POLICE, "1") != ours().identifier(scheme, COUNCIL, "1")


def test_the_same_words_for_different_things_give_different_pseudonyms() -> None:
    names = {
        ours().identifier("local", POLICE, "1"),
        ours().identifier("la-child-id", POLICE, "1"),
        ours().family(POLICE, "1"),
        ours().family(COUNCIL, "1"),
        ours().occurrence(POLICE, "1"),
        ours().fact(POLICE, "referral", "1"),
        ours().fact(POLICE, "police-notification", "1"),
        ours().fact(POLICE, "outcome", "icpc", "1"),
        ours().fact(POLICE, "outcome", "case-closed", "1"),
        ours().fact(COUNCIL, "referral", "1"),
        ours().fact(COUNCIL, "referral", "1\0"),
    }
    assert len(names) == 11


def test_another_key_gives_other_pseudonyms() -> None:
    assert Pseudonyms(HubKey(b"l" * 32)).family(POLICE, "1")[3:] != ours().family(POLICE, "1")[3:]


def test_the_published_key_shows_in_every_pseudonym_made_with_it() -> None:
    assert Pseudonyms(PUBLISHED_KEY).family(POLICE, "1").startswith("k0:")


@pytest.mark.parametrize("secret", [None, "", "\n", b"   ", "x" * 31, b"x" * 31 + b"\n"])
def test_without_a_key_of_32_bytes_nothing_starts(secret: bytes | str | None) -> None:
    with pytest.raises(PseudonymKeyError, match="at least 32") as error:
        read_key(secret)
    assert "xx" not in str(error.value)


def test_the_published_key_is_nobodys_own() -> None:
    with pytest.raises(PseudonymKeyError, match="published"):
        read_key(PUBLISHED_KEY.secret + b"\n")


def test_the_end_of_a_secret_files_line_is_not_part_of_the_key() -> None:
    assert read_key("x" * 32 + "\r\n") == read_key(b"x" * 32) == HubKey(b"x" * 32, 1)


def test_a_key_never_shows_itself() -> None:
    assert "secret" not in repr(HubKey(b"secret" * 6))
    assert "protects" not in repr(PUBLISHED_KEY)
