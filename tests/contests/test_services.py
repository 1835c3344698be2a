"""Contests through their services: created, copied, changed, opened; stale forms and used rules refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.contests import queries, services, usage
from contest_portal.contests.exporting import exported_template
from contest_portal.contests.models import Category, Contest
from contest_portal.contests.rule_usage import CategoryUsage, SlotUsage
from contest_portal.contests.rules_editing import dropped, new_category
from contest_portal.contests.services import ContestDates
from contest_portal.contests.services.editing import dates_of
from contest_portal.contests.template_file import parse_template
from contest_portal.core import audit
from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.clock import MovingClock, local
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale
from contest_portal.core.models import AuditRecord
from contest_portal.core.notices import unread_count
from contest_portal.people.models import Office
from tests.factories import make_account, make_contest, make_office, make_school

ZONE = ZoneInfo("Asia/Shanghai")
TEMPLATE = "castic-district-2018"


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


@pytest.fixture
def staff(office: Office) -> Actor:
    return make_account(Role.OFFICE, office=office)


@pytest.fixture
def used() -> Iterator[dict[int, CategoryUsage]]:
    """The usage that entries would provide, by category."""
    known: dict[int, CategoryUsage] = {}

    def provider(category_id: int) -> CategoryUsage:
        return known.get(category_id, CategoryUsage())

    usage.provide_usage(provider)
    yield known
    usage._providers.remove(provider)


def draft(staff: Actor, year: int = 2018) -> Contest:
    return services.create_contest_from_template(staff, TEMPLATE, year, called_on=date(year, 3, 1))


def ready(staff: Actor) -> Contest:
    contest = draft(staff)
    return services.change_call(staff, contest.id, None, title="通知", text="各学校：", who_may_enter="在校学生")


def category_of(contest: Contest, code: str) -> Category:
    return next(one for one in queries.contest(contest.id).categories if one.code == code)


def problems(error: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(problem.field, str(problem.message)) for problem in error.value.problems]


def test_a_contest_from_a_template_has_its_categories_and_its_days_counted_from_the_call(
    staff: Actor, office: Office
) -> None:
    contest = queries.contest(draft(staff, 2019).id)
    assert (contest.name, contest.state, contest.office_id) == ("2019年甘州区青少年科技创新大赛", "draft", office.id)
    assert [category.code for category in contest.categories] == ["CG", "KH", "SJ", "DV", "FA", "FX"]
    assert contest.submission_opens_at == datetime(2019, 3, 16, 0, 0, tzinfo=ZONE)
    assert contest.submission_closes_at == datetime(2019, 5, 15, 23, 59, 59, tzinfo=ZONE)
    assert (contest.screening_until, contest.judging_from) == (date(2019, 5, 25), date(2019, 5, 26))
    completion = contest.categories[0].rules.completion
    assert completion is not None
    assert (completion.from_on, completion.to_on) == (date(2017, 7, 1), date(2019, 6, 30))


def test_an_unknown_template_and_a_second_contest_of_the_same_name_are_refused(staff: Actor) -> None:
    with pytest.raises(NotFound):
        services.create_contest_from_template(staff, "no-such", 2018)
    draft(staff)
    with pytest.raises(Invalid) as caught:
        draft(staff)
    assert problems(caught) == [("name", "这一年已有同名的赛事，请换一个名称。")]


def test_an_uploaded_template_with_mistakes_creates_nothing_and_names_the_lines(staff: Actor) -> None:
    text = exported_template(queries.contest(draft(staff).id))[1]
    with pytest.raises(Invalid) as caught:
        services.create_contest_from_text(staff, text.replace('measure = "件"', "measure = 3"), "我的.toml", 2020)
    line = text.split("\n").index('measure = "件"') + 1
    assert problems(caught) == [("file", f"第 {line} 行：「measure」应为文字（加引号），现在是 3")]
    assert "我的.toml" in str(caught.value)
    assert len(queries.all_contests()) == 1


def test_an_exported_template_makes_the_same_contest_again(staff: Actor) -> None:
    first = queries.contest(draft(staff).id)
    code, text = exported_template(first)
    template = parse_template(text, filename=f"{code}.toml")
    assert template.categories == tuple(category.rules for category in first.categories)
    second = services.create_contest_from_text(
        staff, text, "x.toml", 2018, name="另一个赛事", called_on=first.called_on
    )
    again = queries.contest(second.id)
    assert [one.rules for one in again.categories] == [one.rules for one in queries.contest(first.id).categories]
    assert dates_of(again) == dates_of(queries.contest(first.id))
    assert exported_template(again)[1].split("[[", 1)[1] == text.split("[[", 1)[1]


def test_a_copy_takes_rules_call_and_files_and_moves_every_date(staff: Actor) -> None:
    source = ready(staff)
    services.change_call(
        staff, source.id, None, title="关于举办2018年大赛的通知", text="各学校：2018年", who_may_enter="学生"
    )
    services.add_attachment(
        staff, source.id, kind="blank_form", title="", file_name="申报书.pdf", stream=BytesIO(b"%PDF-1")
    )
    copy = queries.contest(services.copy_contest(staff, source.id, 2020, with_attachments=True).id)
    assert (copy.name, copy.call_title) == ("2020年甘州区青少年科技创新大赛", "关于举办2020年大赛的通知")
    assert (copy.state, copy.call_text, copy.called_on) == ("draft", "各学校：2018年", date(2020, 3, 1))
    assert copy.submission_closes_at == datetime(2020, 5, 15, 23, 59, 59, tzinfo=ZONE)
    assert copy.categories[0].rules.completion.to_on == date(2020, 6, 30)
    assert [(one.title, one.kind) for one in copy.attachments] == [("申报书", "blank_form")]
    assert services.copy_contest(staff, source.id, 2021).attachments == []


def test_another_offices_contest_cannot_be_copied(staff: Actor) -> None:
    other = make_contest(make_office("张掖市科学技术协会"))
    with pytest.raises(NotFound):
        services.copy_contest(staff, other.id, 2020)


def test_a_stale_form_is_refused_and_changes_nothing(staff: Actor) -> None:
    contest = draft(staff)
    seen = contest.version
    services.change_call(staff, contest.id, seen, title="先到的", text="正文", who_may_enter="学生")
    with pytest.raises(Stale):
        services.change_call(staff, contest.id, seen, title="后到的", text="", who_may_enter="")
    assert queries.contest(contest.id).call_title == "先到的"
    category = category_of(contest, "KH")
    version, rules = category.version, category.rules
    services.change_rules(staff, category.id, version, replace(rules, title_max_length=40))
    with pytest.raises(Stale):
        services.change_rules(staff, category.id, version, replace(rules, title_max_length=20))
    assert category_of(contest, "KH").rules.title_max_length == 40


def test_saving_what_is_there_already_leaves_no_trace(staff: Actor) -> None:
    contest = ready(staff)
    count = len(db.session.scalars(select(AuditRecord.id)).all())
    services.change_call(staff, contest.id, None, title="通知", text="各学校：", who_may_enter="在校学生")
    assert len(db.session.scalars(select(AuditRecord.id)).all()) == count
    assert audit.verify(db.session) == (count, None)


def test_opening_needs_the_call_and_the_days_and_tells_the_schools(staff: Actor, office: Office) -> None:
    contest = draft(staff)
    manager = make_account(Role.SCHOOL_MANAGER, school=make_school(office))
    with pytest.raises(Invalid) as caught:
        services.change_state(staff, contest.id, "open")
    assert [text for _field, text in problems(caught)] == ["通知还没有标题", "通知还没有正文", "还没有写明谁可以参加"]
    assert queries.contest(contest.id).state == "draft"
    services.change_call(staff, contest.id, None, title="通知", text="各学校：", who_may_enter="在校学生")
    opened = services.change_state(staff, contest.id, "open")
    assert (opened.state, opened.opened_at is not None) == ("open", True)
    assert unread_count(manager.account_id or 0) == 1


def test_states_follow_their_table_and_a_closed_contest_stays_as_it_is(staff: Actor) -> None:
    contest = ready(staff)
    with pytest.raises(Conflict):
        services.change_state(staff, contest.id, "close")
    services.change_state(staff, contest.id, "open")
    with pytest.raises(Stale):
        services.change_state(staff, contest.id, "close", seen_version=1)
    services.change_state(staff, contest.id, "close")
    with pytest.raises(Conflict):
        services.change_call(staff, contest.id, None, title="x", text="x", who_may_enter="x")
    with pytest.raises(Conflict):
        services.add_category(staff, contest.id, new_category("XX", "新", "XX", "件", "pupil"))
    services.change_state(staff, contest.id, "reopen")
    services.change_state(staff, contest.id, "close")
    assert services.change_state(staff, contest.id, "archive").state == "archived"


def test_an_open_contest_keeps_its_call_and_its_deadline_out_of_the_past(staff: Actor, clock: MovingClock) -> None:
    contest = ready(staff)
    services.change_state(staff, contest.id, "open")
    with pytest.raises(Invalid) as caught:
        services.change_call(staff, contest.id, None, title="", text="正文", who_may_enter="学生")
    assert problems(caught) == [("call_title", "赛事已经发布，此项不能为空")]
    clock.move_to(datetime(2018, 4, 10, 12, 0, tzinfo=ZONE))
    dates = dates_of(queries.contest(contest.id))
    past = replace(dates, closes_at=datetime(2018, 4, 9, 23, 59, 59, tzinfo=ZONE))
    with pytest.raises(Invalid) as caught:
        services.change_timetable(staff, contest.id, None, past)
    assert problems(caught) == [("closes_on", "申报截止时间不能改到现在之前")]
    later = replace(dates, closes_at=datetime(2018, 5, 20, 18, 0, 0, tzinfo=ZONE))
    services.change_timetable(staff, contest.id, None, later, grace_seconds=120)
    changed = queries.contest(contest.id)
    assert local(changed.submission_closes_at).isoformat() == "2018-05-20T18:00:00+08:00"
    assert changed.grace_seconds == 120


def test_days_out_of_order_are_named_by_their_field(staff: Actor) -> None:
    contest = draft(staff)
    dates = ContestDates(
        opens_at=datetime(2018, 5, 1, tzinfo=ZONE),
        closes_at=datetime(2018, 4, 1, tzinfo=ZONE),
        publication_on=date(2018, 3, 1),
    )
    with pytest.raises(Invalid) as caught:
        services.change_timetable(staff, contest.id, None, dates)
    assert [field for field, _text in problems(caught)] == ["closes_on", "publication_on"]


def settings_of(contest: Contest, **values: object) -> dict[str, object]:
    plain = {
        "name": contest.name,
        "number_prefix": contest.number_prefix,
        "number_pattern": contest.number_pattern,
        "return_reasons": contest.return_reasons,
    }
    return plain | values


def test_a_contest_feeds_only_a_contest_of_the_parent_office(staff: Actor, office: Office) -> None:
    city = make_office("张掖市科学技术协会", number_prefix="ZY")
    target, stranger = make_contest(city, name="张掖市第九届"), make_contest(make_office("酒泉市科学技术协会"))
    contest = draft(staff)
    with pytest.raises(Invalid):
        services.change_settings(staff, contest.id, None, **settings_of(contest, feeds_into_id=target.id))
    db.session.get_one(Office, office.id).parent_id = city.id
    db.session.commit()
    services.change_settings(
        staff,
        contest.id,
        None,
        **settings_of(contest, feeds_into_id=target.id, feeds_into_title="全市第九届青少年科技创新大赛"),
    )
    fed = queries.contest(contest.id)
    assert (fed.feeds_into_id, fed.feeds_into_name, fed.feeds_into_title) == (
        target.id,
        "张掖市第九届",
        "全市第九届青少年科技创新大赛",
    )
    with pytest.raises(Invalid):
        services.change_settings(staff, contest.id, None, **settings_of(fed, feeds_into_id=stranger.id))
    services.change_settings(staff, contest.id, None, **settings_of(fed, feeds_into_name="张掖市大赛"))
    assert queries.contest(contest.id).feeds_into_name == "张掖市大赛"


def test_a_wrong_pattern_is_refused_and_given_numbers_fix_it(staff: Actor, used: dict[int, CategoryUsage]) -> None:
    contest = draft(staff)
    for pattern in ("{prefix}{year}", "{prefix}{name}-{category}-{stage}-{seq}", "{seq"):
        with pytest.raises(Invalid) as caught:
            services.change_settings(staff, contest.id, None, **settings_of(contest, number_pattern=pattern))
        assert problems(caught)[0][0] == "number_pattern"
    used[category_of(contest, "KH").id] = CategoryUsage(entries=3, submitted=2, numbered=2)
    with pytest.raises(Invalid) as caught:
        services.change_settings(staff, contest.id, None, **settings_of(contest, number_prefix="QQ"))
    assert problems(caught) == [("number_pattern", "已有 2 件作品编了号，编号格式和字头不能再改")]
    services.change_settings(staff, contest.id, None, **settings_of(contest, return_reasons=["缺件", " 缺件 ", ""]))
    assert queries.contest(contest.id).return_reasons == ["缺件"]


def test_rules_that_contradict_themselves_are_named_by_their_path(staff: Actor) -> None:
    category = category_of(draft(staff), "KH")
    rules = replace(category.rules, criteria=category.rules.criteria[:2], name="实践活动方案")
    with pytest.raises(Invalid) as caught:
        services.change_rules(staff, category.id, category.version, rules)
    assert problems(caught) == [
        ("criteria", "评分项合计 75 分，应为 100 分"),
        ("name", "「实践活动方案」已用于本赛事的另一个类别，请改成不同的"),
    ]


def test_a_slot_in_use_stays_and_an_unused_one_goes(staff: Actor, used: dict[int, CategoryUsage]) -> None:
    category = category_of(draft(staff), "CG")
    rules = category.rules
    used[category.id] = CategoryUsage(entries=4, slots={"report": SlotUsage(entries=4)})
    with pytest.raises(Invalid) as caught:
        services.change_rules(staff, category.id, None, replace(rules, slots=dropped(rules.slots, "report")))
    assert caught.value.code == "contests.breaks_entries"
    assert problems(caught) == [("", "材料项「研究报告」已有 4 件作品交了文件，不能删除")]
    services.change_rules(staff, category.id, None, replace(rules, slots=dropped(rules.slots, "log")))
    assert "log" not in [slot.code for slot in category_of(queries.contest(category.contest_id), "CG").rules.slots]


def test_a_limit_counted_together_changes_in_every_category_that_shares_it(
    staff: Actor, used: dict[int, CategoryUsage]
) -> None:
    contest = draft(staff)
    plan, making = category_of(contest, "FA"), category_of(contest, "FX")
    wider = replace(plan.rules, limits=tuple(replace(limit, count=2) for limit in plan.rules.limits))
    services.change_rules(staff, plan.id, None, wider)
    assert [limit.count for limit in category_of(contest, "FX").rules.limits] == [2]
    used[making.id] = CategoryUsage(entries=1, submitted=1, largest={"limit:teacher-work": 2})
    narrower = replace(wider, limits=tuple(replace(limit, count=1) for limit in wider.limits))
    with pytest.raises(Invalid):
        services.change_rules(staff, plan.id, None, narrower)
    assert [limit.count for limit in category_of(contest, "FA").rules.limits] == [2]


def test_categories_are_added_moved_and_removed_unless_they_have_entries(
    staff: Actor, used: dict[int, CategoryUsage]
) -> None:
    contest = draft(staff)
    added = services.add_category(staff, contest.id, new_category("WZ", "科普文章", "WZ", "篇", "pupil"))
    services.move_category(staff, added.id, -3)
    codes = [category.code for category in queries.contest(contest.id).categories]
    assert codes == ["CG", "KH", "SJ", "WZ", "DV", "FA", "FX"]
    with pytest.raises(Invalid):
        services.add_category(staff, contest.id, new_category("WZ", "另一类", "WA", "篇", "pupil"))
    used[added.id] = CategoryUsage(entries=1)
    with pytest.raises(Conflict):
        services.remove_category(staff, added.id)
    used.clear()
    services.remove_category(staff, added.id)
    assert len(queries.contest(contest.id).categories) == 6


def test_an_attachment_must_be_what_its_name_says(staff: Actor) -> None:
    contest = draft(staff)
    with pytest.raises(Invalid) as caught:
        services.add_attachment(
            staff, contest.id, kind="attachment", title="", file_name="通知.pdf", stream=BytesIO(b"<html><script>")
        )
    assert problems(caught)[0][0] == "file"
    file = services.add_attachment(
        staff, contest.id, kind="attachment", title=" ", file_name="C:\\文件\\评审办法.pdf", stream=BytesIO(b"%PDF-1.4")
    )
    assert (file.file_name, file.title) == ("评审办法.pdf", "评审办法")
    services.remove_attachment(staff, contest.id, file.id)
    assert queries.contest(contest.id).attachments == []


def test_the_console_names_the_office(office: Office) -> None:
    contest = services.create_contest_from_template(console_actor(), "maker-2018", 2018, office_id=office.id)
    assert contest.name == "2018年甘州区青少年创客创意大赛"
    with pytest.raises(NotFound):
        services.create_contest_from_template(console_actor(), "maker-2018", 2019)


def test_usage_of_several_rooms_is_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "_providers", [])
    usage.provide_usage(lambda category_id: CategoryUsage(entries=3, stages={"X": 3} if category_id == 7 else {}))
    usage.provide_usage(lambda _category_id: CategoryUsage(opened_criteria=frozenset({"idea"})))
    assert usage.usage_of(7) == CategoryUsage(entries=3, stages={"X": 3}, opened_criteria=frozenset({"idea"}))
    assert usage.usage_of(8) == CategoryUsage(entries=3, opened_criteria=frozenset({"idea"}))
