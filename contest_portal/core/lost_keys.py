"""Keys that are not there, or are others: said at the start, before anything is sealed by a key that nobody else has."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from contest_portal.core.secret_files import DATA_KEY, has_secret
from contest_portal.settings import Settings


def require_keys_of_old(settings: Settings) -> None:
    """New keys are made for a new site alone. Raises ValueError where the key is missing and there are data already: the
    instance folder was moved without it, or is being moved just now."""
    if has_secret(settings.instance, DATA_KEY):
        return
    folder = settings.instance / "secrets"
    if _has_records(settings) or _has_files(settings):
        raise ValueError(
            f"{folder} 里没有密钥 {DATA_KEY}，但已有用它加密的数据。没有建立新的密钥，也没有启动："
            "请把原来的 secrets 目录拷到这里，或从加密的备份中恢复，然后再启动。"
        )


def _has_records(settings: Settings) -> bool:
    address = make_url(settings.database)
    is_file = address.get_backend_name() == "sqlite"
    if is_file:
        path = Path(address.database or ":memory:")
        if not path.is_file() or path.stat().st_size == 0:
            return False
    engine = create_engine(address, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(text("SELECT count FROM audit_head")))
    except ProgrammingError:  # PostgreSQL: there is no such table
        return False
    except OperationalError as failure:
        if is_file:
            return False
        raise ValueError(
            f"{settings.instance / 'secrets'} 里没有密钥，数据库又连接不上，无法判断是否已有数据。没有建立新的密钥："
            "请先启动数据库，或把原来的 secrets 目录拷到这里。"
        ) from failure
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()


def _has_files(settings: Settings) -> bool:
    return settings.files_folder.is_dir() and any(path.is_file() for path in settings.files_folder.rglob("*"))
