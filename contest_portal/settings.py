"""Every setting of the program, typed, read from the environment once at start. `docs/settings.md` is their table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from platformdirs import user_data_path

PREFIX = "CONTEST_PORTAL_"
FILE = "settings.env"
SECOND_FACTORS = ("required", "optional")
BARE = frozenset({"database_url", "redis_url", "storage_url"})
"""Settings that are also read from their customary names without the prefix."""


@dataclass(frozen=True)
class Settings:
    """What a deployment may decide.

    Field names are the environment names in lower case: `max_upload_mb` is `CONTEST_PORTAL_MAX_UPLOAD_MB`.
    `database_url`, `redis_url` and `storage_url` are also read from the customary bare names, as `DATABASE_URL`.
    """

    instance: Path
    database_url: str = ""
    redis_url: str = ""
    storage_url: str = ""
    timezone: str = "Asia/Shanghai"
    session_idle_minutes: int = 120
    session_days: int = 7
    invitation_days: int = 14
    reset_hours: int = 24
    grace_seconds: int = 60
    max_upload_mb: int = 550
    max_form_mb: int = 2
    plain_file_mb: int = 20
    largest_upload_mb: int = 4096
    upload_days: int = 7
    most_open_uploads: int = 200
    upload_reserve_mb: int = 512
    staging_folder: str = ""
    upload_extra_minutes: int = 30
    upload_gap_minutes: int = 5
    upload_extra_percent: int = 10
    upload_submit_minutes: int = 10
    school_space_gb: int = 50
    login_failures_before_delay: int = 5
    login_delay_seconds: int = 30
    second_factor: str = "required"
    trusted_device_days: int = 30
    confirm_minutes: int = 10
    login_note: str = ""
    roll_over_undo_days: int = 7
    group_photo_days: int = 365
    consent_age: int = 14
    public_url: str = ""
    trusted_proxies: int = 0
    secure_cookies: bool = False
    jobs_embedded: bool = True
    threads: int = 8
    connections: int = 500
    preview_pages: int = 60
    smtp_url: str = ""
    mail_from: str = ""
    sms_url: str = ""
    sms_body: str = '{"phone": "{phone}", "text": "{text}", "key": "{key}"}'
    sms_header: str = ""
    open_data_licence: str = ""
    allowed_hosts: str = ""
    files_url: str = ""
    clamd: str = ""
    stop_seconds: int = 25
    log_format: str = "text"
    metrics_port: int = 0
    metrics_host: str = "127.0.0.1"
    backup_folder: str = ""
    backup_to_storage: bool = False
    backup_key: str = ""
    backup_hour: int = 2
    backup_days: int = 14
    backup_weeks: int = 8
    audit_head_mail: str = ""
    debug: bool = False

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database; a file in the instance folder unless one is set."""
        url = self.database_url or f"sqlite:///{self.instance / 'contest.sqlite3'}"
        for plain in ("postgres://", "postgresql://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @property
    def requires_second_factor(self) -> bool:
        """Whether staff of an office must sign in with a second factor; for everybody else it is a choice."""
        return self.second_factor != "optional"

    @property
    def files_folder(self) -> Path:
        return self.instance / "files"

    @property
    def scratch_folder(self) -> Path:
        """Where files of a storage elsewhere lie for a while."""
        return self.instance / "scratch"

    @property
    def uploads_folder(self) -> Path:
        """Where files on their way in lie; servers that share a database share this folder too."""
        return Path(self.staging_folder).expanduser() if self.staging_folder else self.instance / "uploads"


def read_settings(environment: Mapping[str, str] | None = None, instance: str | Path | None = None) -> Settings:
    """Read the settings of this process. Raises ValueError naming the variable that cannot be read."""
    env = os.environ if environment is None else environment
    folder = Path(instance or env.get(PREFIX + "INSTANCE") or default_instance()).expanduser().resolve()
    env = {**settings_of_instance(folder), **env}
    values: dict[str, object] = {}
    for field in fields(Settings):
        name = PREFIX + field.name.upper()
        raw = env.get(name)
        if raw is None and field.name in BARE:
            raw = env.get(field.name.upper())
        if raw is None or field.name == "instance":
            continue
        values[field.name] = _converted(name, raw, str(field.type))
        if field.name == "second_factor" and raw not in SECOND_FACTORS:
            raise ValueError(f"{name}={raw!r}: expected {' or '.join(SECOND_FACTORS)}")
    return Settings(instance=folder, **values)  # type: ignore[arg-type]


def settings_of_instance(folder: Path) -> Mapping[str, str]:
    """What `settings.env` of the instance folder says, a `NAME=value` a line; the environment goes before it.

    Raises ValueError naming the line that sets nothing.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        name, sign, value = line.strip().partition("=")
        if not name or name.startswith("#"):
            continue
        if not sign or not name.startswith(PREFIX):
            raise ValueError(f"{path}:{number}: expected {PREFIX}…=value")
        found[name.strip()] = value.strip()
    return found


def default_instance() -> Path:
    """`instance/` of the checkout this package stands in, else the user's data folder."""
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "migrations").is_dir():
        return checkout / "instance"
    return user_data_path("contest-portal", appauthor=False)


def _converted(name: str, raw: str, kind: str) -> object:
    try:
        if kind == "int":
            return int(raw)
        if kind == "bool":
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}[
                raw.lower()
            ]
    except (ValueError, KeyError):
        raise ValueError(f"{name}={raw!r}: expected {'a whole number' if kind == 'int' else 'true or false'}") from None
    return raw
