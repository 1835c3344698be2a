"""What the demo knows of a deployment: that it is one, and which accounts have a password that everybody knows."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select

from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.database import db
from contest_portal.core.operating.looking_over import Finding, look
from contest_portal.demo.logins import PASSWORD, read_built
from contest_portal.people.models import Account, Membership
from contest_portal.people.passwords import is_password

MOST_TRIED = 60
"""A password takes a while to compare; staff of offices are few."""


@look("demo")
def demo(app: Flask) -> Iterator[Finding]:
    if read_built(app.config["SETTINGS"].instance) is None:
        yield Finding("demo", "ok", "这里没有示范数据。")
        return
    advice = "正式使用请用 --instance 另选一个空目录。"
    yield Finding("demo", "bad", "这里是示范数据，所有账号的密码是公开的。", advice)


@look("passwords")
def known_passwords(_app: Flask) -> Iterator[Finding]:
    of_office = select(Membership.account_id).where(Membership.role.in_([role.value for role in OFFICE_ROLES]))
    wanted = select(Account.login_name, Account.password_hash).where(
        Account.id.in_(of_office), Account.is_active.is_(True), Account.password_hash.is_not(None)
    )
    rows = db.session.execute(wanted.order_by(Account.id).limit(MOST_TRIED)).all()
    db.session.rollback()
    weak = [row.login_name for row in rows if _is_known(row.login_name, row.password_hash)]
    if weak:
        names = "、".join(str(one) for one in weak[:10])
        text = f"{len(weak)} 个主办单位账号的密码是示范密码或用户名本身：{names}。"
        yield Finding("passwords", "bad", text, "请这些人立即修改密码，或停用账号。")
    else:
        yield Finding("passwords", "ok", f"{len(rows)} 个主办单位账号没有使用示范密码。")


def _is_known(login_name: str | None, password_hash: str) -> bool:
    return any(one and is_password(password_hash, one) for one in (PASSWORD, login_name))
