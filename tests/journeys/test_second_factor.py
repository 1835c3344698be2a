"""A member of the office sets up a second factor, signs in by it, loses the phone, and is helped by a colleague."""

from __future__ import annotations

import pyotp
from playwright.sync_api import expect

from contest_portal.core.actor import Role
from tests.journeys.browsing import Join, Person
from tests.journeys.scene import LEADER, STAFF, account, make_office
from tests.journeys.site import Site

COLLEAGUE = "chenliguo"


def with_authenticator(person: Person) -> None:
    """Give the person's browser a device that keeps passkeys and always finds its owner's finger on it."""
    devtools = person.page.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**device, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )


def secret_on(person: Person) -> str:
    return person.page.locator("code.issued-url").inner_text().replace(" ", "")


def code_now(site: Site, secret: str) -> str:
    return pyotp.TOTP(secret).at(site.clock.now())


def sign_out(person: Person) -> None:
    person.menu().get_by_role("button", name="退出").click()
    person.page.wait_for_url("**/login")


def test_an_office_signs_in_with_a_second_factor(site: Site, people: Join) -> None:
    site.app.config["SECOND_FACTOR_REQUIRED"] = True
    site.address = site.address.replace("127.0.0.1", "localhost")  # passkeys belong to names, not to numbers
    with site.inside():
        office_id = make_office()
        account("陈立国", Role.OFFICE, COLLEAGUE, office_id=office_id)
    staff = people()
    with_authenticator(staff)
    staff.sign_in(STAFF).sees("请设置二次验证").go("/schools").sees("请设置二次验证")
    staff.press("设置验证器", within=staff.page.locator("main"))
    secret = secret_on(staff)
    staff.fill(code=code_now(site, secret)).press("完成设置").told("验证器已设置").sees("请保存恢复码")
    codes = staff.page.locator("code.issued-code").all_inner_texts()
    assert len(codes) == 10
    staff.press("已保存，继续").sees("赵文静，您好")

    staff.go("/account").press("二次验证").press("添加通行密钥").fill(name="办公室电脑").press("添加")
    staff.told("通行密钥已添加").sees("办公室电脑", "没有用过")

    sign_out(staff)
    staff.sign_in(STAFF).sees("输入验证器中的 6 位数字")
    staff.fill(trusts=True).press("用通行密钥验证").sees("赵文静，您好")
    staff.go("/account/second-factor").sees("Chrome · Linux")
    sign_out(staff)
    staff.sign_in(STAFF).sees("赵文静，您好")
    staff.go("/account/second-factor").press("取消信任").told("将再次要求二次验证")

    phone = people(phone=True, scripts=False)
    phone.sign_in(STAFF).fill(code=codes[3]).press("继续").sees("赵文静，您好").go("/account/second-factor").sees(
        "还剩 9 个"
    )

    colleague = people()
    colleague.sign_in(COLLEAGUE).press("设置验证器", within=colleague.page.locator("main"))
    colleague.fill(code=code_now(site, secret_on(colleague))).press("完成设置").press("已保存，继续")
    colleague.go("/office").press("重置二次验证", within=colleague.row("赵文静"))
    colleague.fill(why="手机遗失，已当面核实", password="qilian-2018").press("重置二次验证")
    colleague.told("已重置赵文静的二次验证")
    staff.go("/schools")
    expect(staff.page.locator("h1")).to_have_text("登录")
    staff.sign_in(STAFF).sees("请设置二次验证")


def test_a_leader_sets_it_up_on_a_phone_without_scripts(site: Site, people: Join) -> None:
    site.app.config["SECOND_FACTOR_REQUIRED"] = True
    with site.inside():
        make_office()
    leader = people(phone=True, scripts=False)
    leader.sign_in(LEADER).sees("通过 IP 地址打开的网站不能使用通行密钥")
    leader.press("设置验证器", within=leader.page.locator("main"))
    secret = secret_on(leader)
    leader.fill(code="000000").press("完成设置").sees("验证码不正确")
    assert secret_on(leader) == secret
    leader.fill(code=code_now(site, secret)).press("完成设置").sees("请保存恢复码").press("已保存，继续").sees(
        "韩永平，您好"
    )
