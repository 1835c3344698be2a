"""The instance's secrets: one file each, made at first start, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_BYTES = 32


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
