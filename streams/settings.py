"""What a process is told by its environment: read once, at the door, and passed down.

Every setting is EARLYWORD_ and the name of a field below, in capitals; a secret may also come as a file, by the same
name with _FILE. What a hub agrees on is not here but in `hub.toml`. `python -m streams.settings` prints the table of
the README.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Literal, Self, get_args

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX: Final = "EARLYWORD_"
FILE: Final = "_FILE"
DEFAULT_CACHE: Final = Path.home() / ".cache" / "earlyword"
OF_THE_TESTS: Final = ("EARLYWORD_TEST_", "EARLYWORD_REQUIRE_ALL", "EARLYWORD_SEED", "EARLYWORD_SHARED")


class SettingsError(Exception):
    """A setting is wrong. Operator: the sentence says which and what to do; it never repeats a value. Exit code 2."""


class _SecretFiles(PydanticBaseSettingsSource):
    """Secrets from files: EARLYWORD_KAFKA_PASSWORD_FILE names a file that holds what would be in the variable."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        name = variable(field_name)
        path = os.environ.get(name + FILE)
        if not path or not is_secret(field):
            return None, field_name, False
        if os.environ.get(name):
            raise SettingsError(f"Set either {name} or {name}{FILE}, not both.")
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{name}{FILE} must name a text file that this process may read.") from None

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """Everything that differs from one site, or one process, to the next."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True, extra="ignore"
    )

    env: Literal["development", "production"] = Field(
        "development", description="`production` refuses an unprotected broker and asks for three copies of a record."
    )
    broker: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1:9092",), min_length=1, description="The brokers of Apache Kafka, `host:port,host:port`."
    )
    security: Literal["plaintext", "scram", "mutual-tls"] = Field(
        "plaintext", description="How to speak to the brokers; `scram` is SCRAM-SHA-512 inside TLS."
    )
    kafka_user: str | None = Field(None, description="The user of `scram`.")
    kafka_password: SecretStr | None = Field(None, description="The password of `scram`.")
    kafka_ca_file: Path | None = Field(
        None, description="The authority that signed the brokers' certificates; by default the system's own."
    )
    kafka_certificate_file: Path | None = Field(None, description="The client certificate of `mutual-tls`, PEM.")
    kafka_key_file: Path | None = Field(None, description="The key of that certificate, PEM.")
    replication: int | None = Field(
        None, ge=1, le=9, description="Copies of every record, for new topics; by default 3 in production, else 1."
    )

    hub: Path | None = Field(None, description="The file `hub.toml`: what the hub agreed on.")
    pseudonym_key: SecretStr | None = Field(
        None, min_length=32, description="The hub's secret for pseudonyms, 32 characters or more; for intake alone."
    )
    pseudonym_key_version: int = Field(1, ge=1, le=999, description="The number of that key, `k1:` in pseudonyms.")
    dead_letters: int = Field(
        500, ge=1, description="A process stops when it has set aside more records than this within the minutes below."
    )
    dead_letter_minutes: int = Field(5, ge=1, le=1440, description="The minutes of that limit.")
    desk_answers: Literal["never", "at-due"] = Field(
        "never", description="`at-due` closes each prompt at its due time, as `rehearse` does; for demonstrations."
    )

    model: Literal["silent", "shadow", "live"] = Field(
        "live",
        description="The most that a model may do in `families`: it lowers what was signed for, never more.",
    )

    timestamps: Literal["broker", "publisher"] = Field(
        "broker", description="Whose clock gives the time of receipt; `publisher` is for replays and the demo."
    )
    clock: Literal["wall", "stream"] = Field(
        "wall", description="What makes time pass: the clock on the wall, or the newest event of a replay."
    )

    model_freeze: bool = Field(
        False, description="Stops the adoption of further snapshots of the model; what serves goes on as it is."
    )

    instance: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="The static id of this process in its group, as `families-0`; never the same for two processes.",
    )
    session_seconds: float = Field(
        30, ge=6, le=300, description="After this silence another process takes over; three broker sessions at least."
    )
    commit_seconds: float = Field(0.5, ge=0.05, le=30, description="Between two commits of what is settled.")
    poll_records: int = Field(20_000, ge=1, le=500_000, description="Records fetched at once.")
    state_dir: Path = Field(Path("state"), description="The folder for what this process keeps on disk.")
    cache: Path = Field(DEFAULT_CACHE, description="The folder for the jars of the local Apache Kafka.")
    metrics_address: str = Field("127.0.0.1", description="Where `/live`, `/ready`, `/startup` and `/metrics` listen.")
    metrics_port: int = Field(9400, ge=0, le=65_535, description="Their port; 0 takes a free one and logs it.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least level logged.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then files of secrets; no dotenv."""
        return init_settings, env_settings, _SecretFiles(settings_cls)

    @field_validator("broker", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        return tuple(part.strip() for part in given.split(",")) if isinstance(given, str) else given

    @field_validator("broker")
    @classmethod
    def _check_addresses(cls, brokers: tuple[str, ...]) -> tuple[str, ...]:
        for address in brokers:
            host, _, port = address.rpartition(":")
            if not host or not port.isdecimal() or "/" in host or "@" in host:
                raise ValueError("must be host:port, or several with commas between")
        return brokers

    @model_validator(mode="after")
    def _check_security(self) -> Self:
        if self.env == "production" and self.security == "plaintext":
            raise ValueError("EARLYWORD_SECURITY must be scram or mutual-tls while EARLYWORD_ENV is production.")
        wanted = {
            "plaintext": (),
            "scram": ("kafka_user", "kafka_password"),
            "mutual-tls": ("kafka_ca_file", "kafka_certificate_file", "kafka_key_file"),
        }
        for name in wanted[self.security]:
            if getattr(self, name) is None:
                raise ValueError(f"{variable(name)} is needed while EARLYWORD_SECURITY is {self.security}.")
        return self

    @property
    def copies(self) -> int:
        """Copies of every record, for new topics."""
        return self.replication or (3 if self.env == "production" else 1)

    def need_hub(self) -> Path:
        """The path of `hub.toml`. Raises SettingsError for a process that cannot do without."""
        if self.hub is None:
            raise SettingsError("EARLYWORD_HUB is needed here; set it to the path of hub.toml.")
        return self.hub

    def need_pseudonym_key(self) -> bytes:
        """The hub's secret. Raises SettingsError for a process that cannot do without."""
        if self.pseudonym_key is None:
            raise SettingsError("EARLYWORD_PSEUDONYM_KEY is needed here; set it, or EARLYWORD_PSEUDONYM_KEY_FILE.")
        return self.pseudonym_key.get_secret_value().encode()


def read_settings() -> Settings:
    """The settings of this process, from its environment. Raises SettingsError with one sentence."""
    _refuse_unknown(os.environ)
    try:
        return Settings()
    except ValidationError as refusal:
        sentence = _explain(refusal)
    raise SettingsError(sentence)


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def is_secret(field: FieldInfo) -> bool:
    """Whether a field holds a secret, and so may come as a file."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def list_variables() -> Iterator[str]:
    """Every variable that may be set."""
    for name, field in Settings.model_fields.items():
        yield variable(name)
        if is_secret(field):
            yield variable(name) + FILE


def write_table() -> str:
    """The table of settings, in Markdown."""
    rows = ["| variable | by default | what it says |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        form = f"`{variable(name)}`" + (f", or `{variable(name)}{FILE}`" if is_secret(field) else "")
        rows.append(f"| {form} | {_show_default(field.default)} | {field.description} |")
    return "\n".join(rows) + "\n"


def _show_default(default: object) -> str:
    match default:
        case None:
            return "-"
        case tuple():
            return f"`{','.join(default)}`"
        case Path():
            return f"`{default}`".replace(str(Path.home()), "~")
        case _:
            return f"`{default}`"


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = tuple(list_variables())
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and not name.startswith(OF_THE_TESTS):
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
            raise SettingsError(f"There is no setting {name}; the nearest is {near}.")


_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "literal_error": "must be {expected}",
        "greater_than_equal": "must be at least {ge}",
        "less_than_equal": "must be at most {le}",
        "too_short": "must have at least {min_length}",
        "string_pattern_mismatch": "must be 1 to 64 letters, digits, dots, hyphens or underscores",
        "value_error": "{error}",
        "int_parsing": "must be a whole number",
        "float_parsing": "must be a number",
        "bool_parsing": "must be true or false",
    }
)


def _explain(refusal: ValidationError) -> str:
    """One sentence about the first thing that is wrong, from what pydantic wanted, never from what it got."""
    first = refusal.errors(include_input=False, include_url=False)[0]
    words = _WORDS.get(first["type"], "cannot be used; see the table of settings in the README")
    told = words.format(**first.get("ctx", {}))
    if not first["loc"]:
        return told  # about several settings: a sentence of ours
    name = str(first["loc"][0])
    if is_secret(Settings.model_fields[name]):
        told = f"must have at least {first.get('ctx', {}).get('min_length', 1)} characters"
    return f"{variable(name)} {told}."


if __name__ == "__main__":
    sys.stdout.write(write_table())
