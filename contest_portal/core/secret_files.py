"""The instance's secrets: one file each, made at first start, readable by its owner alone.

The key by which fields are sealed has versions: `data_key`, `data_key.2` and so on. Which of them seals and digests what
is written now stands in `data_key.versions`; without that file it is the first.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from contest_portal.core.durable_files import sync_folder

KEY_BYTES = 32
DATA_KEY = "data_key"
VERSIONS = "data_key.versions"
AUDIT_HEADS = "audit_heads"
"""No secret, but beside them: heads of the trail of acts, see core/audit_seal.py."""
MOST_VERSIONS = 255
"""The version is the first byte of what is sealed."""
_VERSION = re.compile(r"data_key\.(\d{1,3})")
_NAME = re.compile(r"secret_key|data_key(\.\d{1,3}|\.versions)?|audit_heads(\.\d{1,3})?")


def secret(instance: Path, name: str) -> bytes:
    """The 32 bytes of the named secret of `instance`; made (mode 600, folder 700) when there is none yet.

    Raises ValueError when the file is there but cannot be a key: nothing is overwritten.
    """
    folder = instance / "secrets"
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        _write_once(path)
    return _read(path)


def has_secret(instance: Path, name: str) -> bool:
    """Whether it was made already."""
    return (instance / "secrets" / name).exists()


def secret_names(instance: Path) -> list[str]:
    """The files that a backup must hold."""
    return sorted(
        path.name for path in (instance / "secrets").iterdir() if path.is_file() and is_secret_name(path.name)
    )


def is_secret_name(name: str) -> bool:
    """Whether the program itself writes a file of this name into `secrets`: no other is taken from a backup."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True)
class KeySet:
    """All versions of the data key that are here; `seal` and `digest`: which of them is used for what is written now."""

    keys: dict[int, bytes]
    seal: int
    digest: int


class DataKeys:
    """The data keys of an instance, read anew when another process has changed which is used."""

    def __init__(self, instance: Path) -> None:
        self._folder = instance / "secrets"
        self._stamp: tuple[int, int] | None = None
        self._set = KeySet({1: secret(instance, DATA_KEY)}, 1, 1)
        self.read_again()

    def now(self) -> KeySet:
        """Costs one look at a file's state."""
        if self._stamp != _stamp(self._folder / VERSIONS):
            self.read_again()
        return self._set

    def read_again(self) -> KeySet:
        """Raises ValueError where a file cannot be a key, or the one that is used is not here."""
        stamp = _stamp(self._folder / VERSIONS)
        keys = {1: _read(self._folder / DATA_KEY)}
        for path in self._folder.iterdir():
            if match := _VERSION.fullmatch(path.name):
                keys[int(match[1])] = _read(path)
        used = json.loads((self._folder / VERSIONS).read_text("ascii")) if stamp else {"seal": 1, "digest": 1}
        for version in (used["seal"], used["digest"]):
            if version not in keys:
                raise ValueError(f"{self._folder / f'{DATA_KEY}.{version}'} 不在：请从备份或另一台服务器拷来后再启动。")
        self._set, self._stamp = KeySet(keys, used["seal"], used["digest"]), stamp
        return self._set

    def make_next(self) -> int:
        """A further version, not used yet. Gives its number. Raises ValueError after the last possible one."""
        version = max(self.read_again().keys) + 1
        if version > MOST_VERSIONS:
            raise ValueError("密钥的版本已用完。")
        _write_once(self._folder / f"{DATA_KEY}.{version}")
        self.read_again()
        return version

    def use(self, *, seal: int | None = None, digest: int | None = None) -> None:
        """From now on what is written is sealed, or digested, by this version, in all processes."""
        known = self.read_again()
        text = json.dumps({"seal": seal or known.seal, "digest": digest or known.digest})
        own = self._folder / f".{VERSIONS}.{os.getpid()}"
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        own.replace(self._folder / VERSIONS)
        sync_folder(self._folder)
        self.read_again()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_mtime_ns, state.st_ino


def _read(path: Path) -> bytes:
    text = path.read_text("ascii").strip()
    if len(text) != 2 * KEY_BYTES:
        raise ValueError(f"{path} is not a key of this program; restore it from a backup or move it away")
    return bytes.fromhex(text)


def _write_once(path: Path) -> None:
    # Two processes may start at once: each writes its own file, the first link wins and both read that.
    own = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(secrets.token_hex(KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        path.hardlink_to(own)
    except FileExistsError:
        pass
    finally:
        own.unlink()
