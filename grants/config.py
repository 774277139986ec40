"""Settings from the environment, and where the files that ship with the product lie. Refuses to start a server without secrets."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PACKAGED = Path(__file__).parent / "_data"
_CHECKOUT = Path(__file__).parent.parent


def resource(name: str) -> Path:
    """A folder or file that ships with the product: `_data/` in an installed wheel, the checkout otherwise."""
    packaged = _PACKAGED / name
    return packaged if packaged.exists() else _CHECKOUT / name


class ConfigurationError(Exception):
    """A setting is missing or wrong; the message says which one and what to type."""


@dataclass(frozen=True)
class Settings:
    """What one running instance needs to know. `production` decides whether secrets may be made up."""

    data: Path
    production: bool
    database_url: str
    secret_key: str
    password_salt: str
    totp_secret: str
    server_name: str
    mail_folder: Path | None
    smtp_url: str
    mail_from: str
    signing_p12: Path | None
    signing_password: str
    municipality: Path
    trusted_proxies: int
    served_at: str = ""
    """Where `serve` listens: for the links in messages that the worker writes, as long as the site has no name."""
    clamd: str = ""

    @property
    def jobs_path(self) -> Path:
        """The queue of the embedded job runner."""
        return self.data / "jobs.sqlite3"


def data_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where the data lies: `$GRANTS_DATA`, or `var/` in the present folder."""
    return Path((os.environ if environ is None else environ).get("GRANTS_DATA") or "var").resolve()


def _made_once(path: Path) -> str:
    """A secret for demo and development: made at first start, kept in the data folder, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def from_environment(environ: dict[str, str] | None = None) -> Settings:
    """Read the settings. In production (`GRANTS_ENV=production`) every secret must be given; otherwise they are made once."""
    env = dict(os.environ if environ is None else environ)
    data = data_folder(env)
    production = env.get("GRANTS_ENV") == "production"
    missing: list[str] = []

    def secret(name: str, file: str) -> str:
        value = env.get(name, "")
        if value:
            return value
        if production:
            missing.append(name)
            return ""
        return _made_once(data / "secrets" / file)

    settings = Settings(
        data=data,
        production=production,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{data / 'grants.sqlite3'}",
        secret_key=secret("GRANTS_SECRET_KEY", "secret-key"),
        password_salt=secret("GRANTS_PASSWORD_SALT", "password-salt"),
        totp_secret=secret("GRANTS_TOTP_SECRET", "totp-secret"),
        server_name=env.get("GRANTS_SERVER_NAME", ""),
        mail_folder=None if env.get("GRANTS_SMTP_URL") else Path(env.get("GRANTS_MAIL_FOLDER") or data / "mail"),
        smtp_url=env.get("GRANTS_SMTP_URL", ""),
        mail_from=env.get("GRANTS_MAIL_FROM") or "razpisi@obala.example",
        signing_p12=Path(env["GRANTS_SIGNING_P12"]) if env.get("GRANTS_SIGNING_P12") else None,
        signing_password=env.get("GRANTS_SIGNING_PASSWORD", ""),
        municipality=Path(env.get("GRANTS_MUNICIPALITY") or resource("municipality.yaml")),
        trusted_proxies=int(env.get("GRANTS_TRUSTED_PROXIES") or "0"),
        served_at=env.get("GRANTS_SERVED_AT", ""),
        clamd=env.get("GRANTS_CLAMD", "").strip(),
    )
    if settings.clamd and not settings.clamd.startswith("/") and not settings.clamd.rpartition(":")[2].isdecimal():
        raise ConfigurationError(
            f"GRANTS_CLAMD={settings.clamd} is neither the path of a socket (/run/clamav/clamd.ctl) nor host:port (127.0.0.1:3310)."
        )
    if production and settings.signing_p12 is None:
        missing.append("GRANTS_SIGNING_P12")
    if production and not settings.server_name:  # else the links in messages would lead wherever a request says that it came to
        missing.append("GRANTS_SERVER_NAME")
    if missing:
        raise ConfigurationError(
            "GRANTS_ENV=production, but these settings are missing: "
            + ", ".join(missing)
            + ". Set each one in the environment of the server; docs/operating.md says how to make them."
        )
    return settings
