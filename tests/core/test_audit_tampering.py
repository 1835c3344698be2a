"""What somebody can do to the trail who writes into the database without the program: each is found, at once and after
the program has gone on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from contest_portal.cli import main
from contest_portal.core import audit, audit_seal, key_rotation
from contest_portal.core.actor import console_actor
from contest_portal.core.audit_keeping import Examined, examine, keep_head, seal_anew
from contest_portal.core.audit_seal import Seal
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.models import AuditHead, AuditRecord
from contest_portal.core.sealing import Sealer
from contest_portal.core.secret_files import DataKeys

pytestmark = pytest.mark.database

RECORDS = 6
KEPT = 4
"""So many records there were when a head was kept beside the keys."""


def act(number: int = 1) -> None:
    with unit_of_work(console_actor(), "tests.act") as work:
        work.record(("entry", number), before={"n": number}, after={"state": "甲"}, why="因为")


@pytest.fixture
def trail(app: Flask) -> Flask:
    """Six acts of which four were kept, all well."""
    for number in range(1, RECORDS + 1):
        act(number)
        if number == KEPT:
            keep_head()
    assert found() == Examined(RECORDS, None, Seal.RIGHT, None)
    return app


def found() -> Examined:
    result = examine(db.session)
    db.session.rollback()
    return result


def is_well(result: Examined) -> bool:
    return result.broken is None and result.seal is Seal.RIGHT and result.lost is None


def run(*statements: Any) -> None:
    for statement in statements:
        db.session.execute(statement)
    db.session.commit()
    db.session.expunge_all()


def renumbered(old: int, new: int) -> Any:
    return update(AuditRecord).where(AuditRecord.id == old).values(id=new)


def row(number: int, **values: Any) -> dict[str, Any]:
    """The record with this number as the table has it, changed."""
    kept = db.session.execute(select(AuditRecord.__table__).where(AuditRecord.id == number)).mappings().one()
    return {**kept, **values}


def work_out_anew(first: int = 1) -> tuple[int, str]:
    """All digests from this record on, as anybody can by what stands in docs/backup.md. Gives the new head."""
    digest = audit.START if first == 1 else row(first - 1)["digest"]
    numbers = list(db.session.scalars(select(AuditRecord.id).where(AuditRecord.id >= first).order_by(AuditRecord.id)))
    for number in numbers:
        values = {name: value for name, value in row(number).items() if name not in {"id", "digest"}}
        digest = audit._digest(number, values, digest)
        db.session.execute(update(AuditRecord).where(AuditRecord.id == number).values(digest=digest))
    return numbers[-1], digest


def forge(**head: Any) -> None:
    """Another text in the second record, the chain worked out anew, the head made to fit it."""
    db.session.execute(update(AuditRecord).where(AuditRecord.id == 2).values(after={"state": "假"}))
    count, digest = work_out_anew(2)
    run(update(AuditHead).values(**{"count": count, "digest": digest, **head}))
    assert audit.verify(db.session) == (RECORDS, None)  # the chain alone tells nothing


def other_values() -> dict[str, Any]:
    from datetime import timedelta

    old = row(3)
    return {
        "at": old["at"] + timedelta(microseconds=1), "account_id": 7, "actor": "office", "office_id": 7, "school_id": 7,
        "action": "tests.other", "object_type": "school", "object_id": 4, "before": {"n": 4}, "after": {}, "why": "",
        "address": "10.0.0.1", "request_id": "x", "digest": "0" * 64,
    }  # fmt: skip


COLUMNS = [one.name for one in AuditRecord.__table__.columns if one.name != "id"]


@pytest.mark.parametrize("place", [1, 3, RECORDS])
@pytest.mark.parametrize("column", COLUMNS)
def test_an_edit_of_any_column_is_found(trail: Flask, column: str, place: int) -> None:
    value = other_values()[column]
    assert row(place)[column] != value
    run(update(AuditRecord).where(AuditRecord.id == place).values({column: value}))
    assert found().broken == place
    act()
    assert found().broken == place


def cut_from(number: int) -> Any:
    return delete(AuditRecord).where(AuditRecord.id >= number)


def remove_the_first() -> None:
    run(delete(AuditRecord).where(AuditRecord.id == 1))


def remove_in_the_middle() -> None:
    run(delete(AuditRecord).where(AuditRecord.id == 3))


def remove_and_close_the_gap() -> None:
    run(delete(AuditRecord).where(AuditRecord.id == 3), *(renumbered(one, one - 1) for one in range(4, RECORDS + 1)))


def remove_the_last() -> None:
    run(cut_from(RECORDS))


def insert_in_the_middle() -> None:
    run(*(renumbered(one, one + 1) for one in range(RECORDS, 3, -1)))
    run(insert(AuditRecord).values(row(3, id=4)))


def insert_before_the_first() -> None:
    run(insert(AuditRecord).values(row(1, id=-1)))


def insert_after_the_last() -> None:
    run(insert(AuditRecord).values(row(RECORDS, id=RECORDS + 2)))


def exchange_two() -> None:
    run(renumbered(2, -2), renumbered(3, 2), renumbered(-2, 3))


def forge_and_leave_the_head() -> None:
    db.session.execute(update(AuditRecord).where(AuditRecord.id == 2).values(after={"state": "假"}))
    work_out_anew(2)
    run()


def remove_the_head() -> None:
    run(delete(AuditHead))


def raise_the_count() -> None:
    run(update(AuditHead).values(count=RECORDS + 1))


def change_the_heads_digest() -> None:
    run(update(AuditHead).values(digest="0" * 64))


BREAKING: list[tuple[Callable[[], None], int]] = [
    (remove_the_first, 1),
    (remove_in_the_middle, 3),
    (remove_and_close_the_gap, 3),
    (remove_the_last, RECORDS),
    (insert_in_the_middle, 4),
    (insert_before_the_first, 1),
    (insert_after_the_last, RECORDS + 1),
    (exchange_two, 2),
    (forge_and_leave_the_head, RECORDS + 1),
    (remove_the_head, 1),
    (raise_the_count, RECORDS + 1),
    (change_the_heads_digest, RECORDS + 1),
]


@pytest.mark.parametrize(("tamper", "place"), BREAKING, ids=lambda one: getattr(one, "__name__", ""))
def test_what_breaks_the_chain_is_found_without_any_key(trail: Flask, tamper: Callable[[], None], place: int) -> None:
    tamper()
    assert audit.verify(db.session)[1] == place
    assert not is_well(found())
    if tamper in {remove_the_head, insert_in_the_middle}:  # then the next act cannot be written at all
        with pytest.raises((RuntimeError, Conflict)):
            act()
    else:
        act()
        assert audit.verify(db.session)[1] is not None
        assert not is_well(found())


def forge_the_chain() -> None:
    forge()


def forge_and_take_the_seal_away() -> None:
    forge(seal="")


def forge_and_seal_by_another_key() -> None:
    count, digest, _seal = audit.head_row(db.session)
    forge(seal=Sealer(b"k" * 32).authenticate(f"{count}:{digest}"))
    count, digest, _seal = audit.head_row(db.session)
    run(update(AuditHead).values(seal=Sealer(b"k" * 32).authenticate(f"{count}:{digest}")))


def forge_and_seal_by_nonsense() -> None:
    forge(seal="1:é")


def cut_and_make_the_head_fit() -> None:
    run(cut_from(RECORDS), update(AuditHead).values(count=RECORDS - 1, digest=row(RECORDS - 1)["digest"]))


def cut_everything() -> None:
    run(delete(AuditRecord), update(AuditHead).values(count=0, digest=audit.START, seal=""))


def change_the_seal() -> None:
    seal = audit.head_row(db.session)[2]
    run(update(AuditHead).values(seal=seal[:-1] + ("0" if seal[-1] != "0" else "1")))


def take_the_seal_away() -> None:
    run(update(AuditHead).values(seal=""))


FORGING: list[tuple[Callable[[], None], Seal]] = [
    (forge_the_chain, Seal.WRONG),
    (forge_and_take_the_seal_away, Seal.MISSING),
    (forge_and_seal_by_another_key, Seal.WRONG),
    (forge_and_seal_by_nonsense, Seal.WRONG),
    (cut_and_make_the_head_fit, Seal.WRONG),
    (cut_everything, Seal.MISSING),
    (change_the_seal, Seal.WRONG),
    (take_the_seal_away, Seal.MISSING),
]


@pytest.mark.parametrize(("tamper", "seal"), FORGING, ids=lambda one: getattr(one, "__name__", ""))
def test_what_a_forger_without_the_key_makes_to_fit_is_found_by_the_seal(
    trail: Flask, tamper: Callable[[], None], seal: Seal
) -> None:
    tamper()
    result = found()
    assert (result.broken, result.seal) == (None, seal)
    for _ in range(2):  # the program goes on, and does not put its seal on what was forged
        act()
        keep_head()
    result = found()
    assert (result.broken, result.seal) == (None, seal)


def test_an_older_head_put_back_with_its_own_seal_is_missed_by_the_kept_one(trail: Flask) -> None:
    count, digest, seal = audit.head_row(db.session)
    act()
    keep_head()
    run(cut_from(count + 1), update(AuditHead).values(count=count, digest=digest, seal=seal))
    result = found()
    assert (result.broken, result.seal) == (None, Seal.RIGHT)
    assert result.lost is not None
    assert result.lost.count == count + 1
    act(number=99)
    keep_head()
    lost = found().lost
    assert lost is not None
    assert lost.digest != row(count + 1)["digest"]


def test_records_of_a_time_before_the_seals_get_one(app: Flask) -> None:
    for number in range(3):
        act(number)
    run(update(AuditHead).values(seal=""))
    assert found() == Examined(3, None, Seal.NOT_YET, None)
    assert keep_head() is Seal.RIGHT
    assert found() == Examined(3, None, Seal.RIGHT, None)
    act()
    assert is_well(found())
    forge_from_the_time_before = update(AuditRecord).where(AuditRecord.id == 2).values(after={"state": "假"})
    db.session.execute(forge_from_the_time_before)
    count, digest = work_out_anew(2)
    run(update(AuditHead).values(count=count, digest=digest))
    assert found().seal is Seal.WRONG


def test_the_seal_follows_the_version_of_the_key(trail: Flask) -> None:
    folder = trail.config["SETTINGS"].instance / "secrets"
    leaked = Sealer(bytes.fromhex((folder / "data_key").read_text()))
    key_rotation.rotate(console_actor(), settle_seconds=0)
    act()
    assert is_well(found())
    assert audit.head_row(db.session)[2].startswith("2:")
    # Who has the older version still cannot seal: a head of the newer one was kept.
    count, digest, _seal = audit.head_row(db.session)
    run(update(AuditHead).values(seal=leaked.authenticate(f"{count}:{digest}")))
    assert found().seal is Seal.WRONG


def test_without_the_version_of_the_key_the_seal_counts_as_not_looked_at(trail: Flask) -> None:
    folder = trail.config["SETTINGS"].instance / "secrets"
    DataKeys(trail.config["SETTINGS"].instance).use(seal=DataKeys(trail.config["SETTINGS"].instance).make_next())
    act()
    (folder / "data_key.2").unlink()
    (folder / "data_key.versions").unlink()
    trail.extensions["sealer"] = Sealer(DataKeys(trail.config["SETTINGS"].instance))
    result = found()
    assert (result.broken, result.seal) == (None, Seal.NO_KEY)


def test_a_new_seal_is_an_act_and_takes_no_broken_chain(trail: Flask) -> None:
    forge_the_chain()
    seal_anew(console_actor(), "恢复了旧数据")
    assert is_well(found())
    kept = row(RECORDS + 1)
    assert (kept["action"], kept["why"], kept["before"]["found"]) == ("core.seal_audit", "恢复了旧数据", "wrong")
    aside = trail.config["SETTINGS"].instance / "secrets" / "audit_heads.1"
    assert aside.read_text().startswith(f"{KEPT}:")
    remove_in_the_middle()
    with pytest.raises(Conflict, match="第 3 条"):
        seal_anew(console_actor(), "x")


def test_kept_heads_of_acts_after_a_backup_are_forgotten(trail: Flask) -> None:
    keep_head()
    audit_seal.forget_later_heads(KEPT)
    assert [one.count for one in audit_seal.kept_heads()] == [KEPT]


@pytest.fixture
def command(
    trail: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run `contest-portal audit …`; gives what it ends with and what it says."""
    settings = trail.config["SETTINGS"]
    monkeypatch.setenv("CONTEST_PORTAL_DATABASE_URL", settings.database_url)

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["contest-portal", "--instance", str(settings.instance), "audit", *arguments])
        capsys.readouterr()
        try:
            main()
        except SystemExit as left:
            status = int(left.code or 0)
        else:
            status = 0
        told = capsys.readouterr()
        return status, told.out + told.err

    return call


def test_the_command_says_what_it_could_look_at(trail: Flask, command: Callable[..., tuple[int, str]]) -> None:
    address = trail.config["SETTINGS"].database_url
    count, digest = audit.head(db.session)
    db.session.rollback()
    status, told = command("verify")
    assert (status, "封印相符" in told) == (0, True)
    status, told = command("verify", "--without-key", address, "--head", f"{count}:{digest[:16]}")
    assert status == 3
    assert "没有能够核对封印" in told
    change_the_seal()
    status, told = command("verify")
    assert (status, "封印不符" in told) == (1, True)
    forge_the_chain()
    status, told = command("verify")
    assert (status, "留存" in told) == (1, True)
    assert command("verify", "--without-key", address)[0] == 3
    assert command("verify", "--without-key", address, "--head", f"{count}:{digest[:16]}")[0] == 1
    status, told = command("seal", "--why", "已查明")
    assert status == 0
    assert command("verify")[0] == 0
    db.session.rollback()  # the sealing by the command is seen from here on
    exchange_two()
    assert command("verify", "--without-key", address)[0] == 1


def test_the_command_says_which_kept_head_is_missing(trail: Flask, command: Callable[..., tuple[int, str]]) -> None:
    digest = row(KEPT)["digest"]
    cut_everything()
    status, told = command("verify")
    assert status == 1
    assert f"{KEPT}:{digest[:16]}" in told


def test_the_check_of_a_deployment_looks_at_the_end_of_the_trail(trail: Flask) -> None:
    from contest_portal.core.looks import trail as look

    assert [one.level for one in look(trail)] == ["ok"]
    db.session.rollback()
    forge_the_chain()
    assert [one.level for one in look(trail)] == ["bad"]


def test_every_column_is_in_the_digest() -> None:
    assert set(audit.FIELDS) | {"id", "digest"} == {one.name for one in AuditRecord.__table__.columns}
    assert json.dumps(sorted(COLUMNS)) == json.dumps(sorted((*audit.FIELDS, "digest")))
