"""Commands for offices and accounts: the first account of an office is made here."""

from __future__ import annotations

import click
from flask import Flask
from flask_babel import gettext as _

from contest_portal.core.actor import Role, console_actor
from contest_portal.core.commands import with_app
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import minute, role_name
from contest_portal.core.text import N_
from contest_portal.people.links import link_to_invitation
from contest_portal.people.models import Account, Office, School
from contest_portal.people.privacy.commands import privacy_group
from contest_portal.people.queries import offices as office_queries
from contest_portal.people.queries.accounts import memberships_of
from contest_portal.people.queries.schools import school_named
from contest_portal.people.roster_commands import roster_group
from contest_portal.people.services import access, accounts, invitations, offices
from contest_portal.people.services.factor_reset import reset_factor
from contest_portal.people.services.invitations import Issued
from contest_portal.people.services.signing_in import account_by_login


@click.group("office")
def office_group() -> None:
    """主办单位：区县、市、省三级科协。"""


@office_group.command("add")
@click.argument("name")
@click.option("--level", type=click.Choice(list(offices.LEVELS)), default="district", show_default=True, help="级别。")
@click.option("--region", required=True, help="辖区名称，如 甘州区。")
@click.option("--prefix", required=True, help="作品编号前缀，如 GZ。")
@click.option("--code", default="", help="行政区划代码，6 位。")
@click.option("--short-name", default="", help="简称，如 甘州区科协。")
@click.option("--parent", default="", help="上级单位的全称或简称。")
@with_app
def add_office(
    _app: Flask, name: str, level: str, region: str, prefix: str, code: str, short_name: str, parent: str
) -> None:
    """增加一个主办单位。"""
    data = offices.OfficeData(
        name=name, short_name=short_name, region_name=region, region_code=code, number_prefix=prefix
    )
    above = _office(parent).id if parent else None
    office = offices.add_office(console_actor(), data, level=level, parent_id=above)
    click.echo(_("已增加主办单位：%(name)s（编号 %(id)s）。", name=office.name, id=office.id))


@office_group.command("list")
@with_app
def list_offices(_app: Flask) -> None:
    """列出所有主办单位。"""
    for office in office_queries.offices():
        above = office.parent.name if office.parent else "—"
        click.echo(f"{office.id}\t{office.level}\t{office.name}\t{office.number_prefix}\t{above}")


@click.group("account")
def account_group() -> None:
    """账号：开通、增加身份、重置密码。"""


@account_group.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True, help="身份。")
@click.option("--office", "office_name", default="", help="主办单位的全称或简称；只有一个时可以省略。")
@click.option("--school", "school_name", default="", help="学校全称（学校管理员和教师）。")
@click.option("--login-name", default="", help="用户名；与手机号至少一项。省略两项则打印一次性邀请链接。")
@click.option("--phone", default="", help="手机号。")
@with_app
def add_account(
    _app: Flask, name: str, role: str, office_name: str, school_name: str, login_name: str, phone: str
) -> None:
    """开通一个账号：给出用户名或手机号时在此输入密码，否则打印一次性邀请链接。"""
    school = _school(school_name) if school_name else None
    office = school.office if school else _office(office_name)
    actor = console_actor()
    if not login_name and not phone:
        _show_link(invitations.invite_from_console(actor, role, office.id, name, school.id if school else None))
        return
    password = click.prompt(_("密码"), hide_input=True, confirmation_prompt=_("再输一次密码"))
    account = accounts.create_account(
        actor,
        name=name,
        role=role,
        office_id=office.id,
        school_id=school.id if school else None,
        login_name=login_name,
        phone=phone,
        password=password,
    )
    click.echo(_("已开通账号：%(name)s（%(role)s）。", name=account.name, role=role_name(role)))


@account_group.command("show")
@click.argument("login")
@with_app
def show_account(_app: Flask, login: str) -> None:
    """显示一个账号的身份。LOGIN 为手机号或用户名。"""
    account = _account(login)
    click.echo(account.name)
    for row in memberships_of(account.id):
        place = row.school.name if row.school else row.office.name
        click.echo(f"  {role_name(row.role)}\t{place}\t{_('正常') if row.is_active else _('已停用')}")


@account_group.command("reset")
@click.argument("login")
@click.option("--ask-password", is_flag=True, help="在此输入新密码，而不是打印一次性链接。")
@with_app
def reset_account(_app: Flask, login: str, *, ask_password: bool) -> None:
    """重置一个账号的密码。LOGIN 为手机号或用户名。"""
    account = _account(login)
    if not ask_password:
        _show_link(access.reset_password(console_actor(), account.id))
        return
    password = click.prompt(_("新密码"), hide_input=True, confirmation_prompt=_("再输一次新密码"))
    accounts.set_password(console_actor(), account.id, password, must_change=True)
    click.echo(_("密码已设置。本人登录后须先改成自己的密码。"))


@account_group.command("remove-factor")
@click.argument("login")
@click.option("--why", prompt="原因", help="原因，写入操作记录。")
@with_app
def remove_factor(_app: Flask, login: str, why: str) -> None:
    """移除一个账号的二次验证（手机遗失、无人能在网站上重置时）。LOGIN 为手机号或用户名。"""
    account = _account(login)
    reset_factor(console_actor(), account.id, why)
    click.echo(_("已移除%(name)s的二次验证，所有设备上的登录已退出。", name=account.name))


def _show_link(issued: Issued) -> None:
    click.echo(_("一次性链接（有效期至 %(until)s，只能使用一次）：", until=minute(issued.invitation.expires_at)))
    click.echo(link_to_invitation(issued.code))


def _office(name: str) -> Office:
    known = office_queries.offices()
    office = office_queries.office_named(name) if name else known[0] if len(known) == 1 else None
    if office is None:
        raise NotFound(
            "people.office_unknown", N_("没有找到主办单位。请用 contest-portal office list 查看，或先增加一个。")
        )
    return office


def _school(name: str) -> School:
    school = school_named(name)
    if school is None:
        raise NotFound("people.school_unknown", N_("没有找到这所学校，请核对学校全称。"))
    return school


def _account(login: str) -> Account:
    account = account_by_login(login)
    if account is None:
        raise NotFound("people.account_unknown", N_("没有这个手机号或用户名的账号。"))
    return account


commands = [office_group, account_group, roster_group, privacy_group]
