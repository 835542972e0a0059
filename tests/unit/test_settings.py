"""What a process is told: read once, refused in one sentence, secrets never shown."""

import os
from pathlib import Path

import pytest

from streams import dead_letter_limit
from streams.intake.pseudonyms import MIN_KEY_BYTES
from streams.settings import Settings, SettingsError, list_variables, read_settings, write_table

MARK = "Zx9-secret-marker-of-more-than-thirty-two-characters"
CLOSED_WORDS = {"production", "scram"}  # may be named: they are in the table of settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith("EARLYWORD_"):
            monkeypatch.delenv(name)


def refusal(monkeypatch: pytest.MonkeyPatch, **given: str) -> str:
    for name, value in given.items():
        monkeypatch.setenv(f"EARLYWORD_{name}", value)
    with pytest.raises(SettingsError) as seen:
        read_settings()
    sentence = str(seen.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert seen.value.__cause__ is None
    assert not any(value in sentence for value in given.values() if value not in CLOSED_WORDS)
    return sentence


def test_nothing_set_is_a_broker_of_this_machine() -> None:
    assert read_settings().broker == ("127.0.0.1:9092",)


def test_brokers_come_with_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARLYWORD_BROKER", "one.example:9093, two.example:9093")
    assert read_settings().broker == ("one.example:9093", "two.example:9093")


@pytest.mark.parametrize("address", ["one.example", "https://one.example:9093", "user:pass@one.example:9093", ":9092"])
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    assert refusal(monkeypatch, BROKER=address).startswith("EARLYWORD_BROKER must be host:port")


def test_an_unknown_name_is_refused_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refusal(monkeypatch, PSEUDONYM_KEYS=MARK)
    assert sentence == "There is no setting EARLYWORD_PSEUDONYM_KEYS; the nearest is EARLYWORD_PSEUDONYM_KEY."


def test_what_only_the_tests_read_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARLYWORD_TEST_BROKER", "127.0.0.1:9092")
    monkeypatch.setenv("EARLYWORD_REQUIRE_ALL", "1")
    read_settings()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CLOCK", "sundial", "EARLYWORD_CLOCK must be 'wall' or 'stream'."),
        ("SESSION_SECONDS", "2.25", "EARLYWORD_SESSION_SECONDS must be at least 6.0."),
        ("POLL_RECORDS", "plenty", "EARLYWORD_POLL_RECORDS must be a whole number."),
        ("METRICS_PORT", "70007", "EARLYWORD_METRICS_PORT must be at most 65535."),
        ("INSTANCE", "families 0", "EARLYWORD_INSTANCE must be 1 to 64 letters, digits, dots, hyphens or underscores."),
        ("PSEUDONYM_KEY", "short", "EARLYWORD_PSEUDONYM_KEY must have at least 32 characters."),
    ],
)
def test_a_wrong_value_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    assert refusal(monkeypatch, **{name: value}) == sentence


def test_production_refuses_an_unprotected_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, ENV="production").startswith("EARLYWORD_SECURITY must be scram or mutual-tls")


def test_a_user_without_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refusal(monkeypatch, SECURITY="scram", KAFKA_USER="intake-principal")
    assert sentence.startswith("EARLYWORD_KAFKA_PASSWORD is needed")


def test_production_with_a_user_and_password_is_accepted_and_asks_for_three_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("ENV", "production"), ("SECURITY", "scram"), ("KAFKA_USER", "u"), ("KAFKA_PASSWORD", MARK)):
        monkeypatch.setenv(f"EARLYWORD_{name}", value)
    assert read_settings().copies == 3


def test_a_secret_may_come_as_a_file_without_the_end_of_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(MARK + "\n")
    monkeypatch.setenv("EARLYWORD_PSEUDONYM_KEY_FILE", str(tmp_path / "key"))
    assert read_settings().need_pseudonym_key() == MARK.encode()


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(MARK)
    sentence = refusal(monkeypatch, PSEUDONYM_KEY=MARK, PSEUDONYM_KEY_FILE=str(tmp_path / "key"))
    assert "not both" in sentence


def test_a_secret_file_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "must name a text file" in refusal(monkeypatch, PSEUDONYM_KEY_FILE="/nowhere/at/all")


def test_what_is_no_secret_does_not_come_as_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "There is no setting EARLYWORD_BROKER_FILE" in refusal(monkeypatch, BROKER_FILE="/nowhere")


def test_no_secret_shows_in_repr_or_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARLYWORD_PSEUDONYM_KEY", MARK)
    monkeypatch.setenv("EARLYWORD_KAFKA_PASSWORD", MARK)
    settings = read_settings()
    assert MARK not in repr(settings) + str(settings) + settings.model_dump_json()


def test_a_process_that_cannot_do_without_a_setting_says_which() -> None:
    with pytest.raises(SettingsError, match="EARLYWORD_HUB is needed"):
        read_settings().need_hub()
    with pytest.raises(SettingsError, match="EARLYWORD_PSEUDONYM_KEY_FILE"):
        read_settings().need_pseudonym_key()


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().poll_records = 1  # type: ignore[misc]


def test_every_setting_is_described_in_the_table() -> None:
    table = write_table()
    for name in list_variables():
        assert f"`{name}`" in table
    assert all(field.description for field in Settings.model_fields.values())
    assert all(line.count("|") == 4 for line in table.splitlines())


def test_the_numbers_are_those_of_the_code_they_are_for() -> None:
    settings = read_settings()
    assert settings.dead_letters == dead_letter_limit.DEFAULT_COUNT
    assert settings.dead_letter_minutes == dead_letter_limit.DEFAULT_MINUTES
    (shortest,) = (part.min_length for part in Settings.model_fields["pseudonym_key"].metadata)
    assert shortest == MIN_KEY_BYTES
