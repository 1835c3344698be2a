"""Letters: fields, what is refused about them, addresses as people type them."""

from __future__ import annotations

import pytest

from contest_portal.core.errors import Invalid
from contest_portal.core.outbox.kinds import IN_APP, KINDS, MAIL, SMS, kind_of_action, wants
from contest_portal.core.outbox.letters import LETTERS, MOST_SMS, NOTICE, Texts, checked, filled, filled_all
from contest_portal.people.notice_addresses import address_problem, mask_address, normal_address

GOOD = Texts("{school}：{topic}", "{name}您好", "{name}")


def test_fields_are_filled_in_once_and_what_they_hold_is_no_field() -> None:
    assert filled("{name}在{ school }", {"name": "{school}", "school": "西关小学"}) == "{school}在西关小学"
    assert filled("{link}。", {}) == "。"


def test_a_subject_stays_on_one_line() -> None:
    assert filled_all(Texts("{name}\n好", "", ""), {"name": "李\r\nBcc: x"}).subject == "李 Bcc: x 好"


def test_every_default_letter_is_right_by_the_same_rules() -> None:
    for letter in LETTERS.values():
        texts = Texts(letter.subject, letter.body, letter.sms)
        assert checked(letter, texts) == texts
        assert letter.kind in KINDS


@pytest.mark.parametrize(
    ("texts", "field", "word"),
    [
        (Texts("{xuexiao}", "a", "b"), "subject", "xuexiao"),
        (Texts("a", "{deadline}", "b"), "body", "{school}"),
        (Texts("a", "b", "{name"), "sms", "没有成对"),
        (Texts("a", "b", "}{"), "sms", "没有成对"),
        (Texts("a", "  \n ", "b"), "body", "请填写"),
        (Texts("a", "b", "字" * (MOST_SMS + 1)), "sms", str(MOST_SMS)),
    ],
)
def test_what_a_letter_cannot_be_is_told_beside_its_field(texts: Texts, field: str, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(NOTICE, texts)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert word in str(refused.value.problems[0].message)
    assert checked(NOTICE, GOOD) == GOOD


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("李 zhang＠example.com", None),
        (" zhang@example。com ", "zhang@example.com"),
        ("a@b", None),
        ("a..b@c.cn", None),
        ("x@example.com\nBcc: y@example.com", None),
        ("zhang.san+note@kx.gz-example.org.cn", "zhang.san+note@kx.gz-example.org.cn"),
        ("", None),
        ("a" * 140 + "@example.com", None),
    ],
)
def test_mail_addresses(typed: str, kept: str | None) -> None:
    address = normal_address(MAIL, typed)
    assert (address_problem(MAIL, address) is None) == (kept is not None)
    assert kept in {None, address}


def test_a_mobile_number_is_mended_and_masked() -> None:
    number = normal_address(SMS, "+86 138-1234-5678")
    assert address_problem(SMS, number) is None
    assert mask_address(SMS, number) == "138****5678"
    assert address_problem(SMS, "0936-8212345") is not None
    assert mask_address(MAIL, "zhang@example.com") == "z***@example.com"


def test_a_kind_follows_from_its_act_and_what_must_show_cannot_be_switched_off() -> None:
    assert kind_of_action("entries.return_entry") == "entries"
    assert kind_of_action("results.ask_statement") == "objections"
    assert kind_of_action("results.sign_decision") == "objections"
    assert kind_of_action("results.decide_award") == "results"
    assert kind_of_action("nowhere") == "other"
    assert wants("entries", IN_APP, False)
    assert not wants("contest", IN_APP, False)
    assert not wants("entries", SMS, None)
