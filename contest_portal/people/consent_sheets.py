"""Blank consent forms to print: one sheet a pupil, to be signed by a guardian and handed in at school."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.i18n import translate
from contest_portal.core.pdf import render_pdf
from contest_portal.people.consent_rules import RELATIONS
from contest_portal.people.grades import grade_name
from contest_portal.people.models import Office, School, Student


def consent_sheets_pdf(school: School, office: Office, students: Sequence[Student], *, age: int) -> bytes:
    """A PDF of one page for each pupil; without pupils a page whose name and class are left blank.

    The text tells what the law asks to be told before sensitive data of somebody under 14 may be handled
    (个人信息保护法 articles 17, 28–31): who, what for, which data, how long, and the guardian's rights.
    """
    sheets = [
        {
            "name": one.name,
            "place": " ".join(part for part in (translate(grade_name(one.grade)), one.class_name) if part),
        }
        for one in students
    ]
    data = {
        "title": _("未成年人参加科技竞赛活动监护人知情同意书"),
        "intro": _(
            "根据《中华人民共和国未成年人保护法》《中华人民共和国个人信息保护法》，处理不满%(age)s周岁未成年人的个人信息，应当取得其父母或者其他监护人的同意。请在阅读以下内容后自愿决定是否同意。",
            age=age,
        ),
        "points": [
            [_("活动与处理者"), _about_handlers(school, office)],
            [
                _("处理的个人信息"),
                _(
                    "姓名、性别、民族、出生日期、身份证件号码、学校、年级、班级、监护人联系电话，以及参赛作品和作品中可能出现的肖像、声音。不满%(age)s周岁未成年人的上述信息属于敏感个人信息。",
                    age=age,
                ),
            ],
            [
                _("处理目的与必要性"),
                _(
                    "核对参赛资格（学段、年龄、一人限报项目数），登记和评审作品，公示结果，制发证书，以及向上一级主办单位推荐。缺少这些信息，将无法报名。"
                ),
            ],
            [
                _("公开的范围"),
                _(
                    "公示和获奖名单只公开姓名、学校、年级、作品名称、辅导教师和奖项，不公开身份证件号码、出生日期、电话和住址。评审时对作者信息保密。"
                ),
            ],
            [
                _("保存期限"),
                _(
                    "参赛材料自当届活动结束起保存 5 年；身份证件号码和联系电话在当届活动结束 1 年后删除，尚有异议未处理完毕的除外。"
                ),
            ],
            [
                _("监护人的权利"),
                _(
                    "监护人可以向学校或主办单位查阅、复制、更正、补充、删除孩子的个人信息，也可以随时撤回同意。撤回前已经进行的处理不受影响；撤回后，孩子尚未提交的作品将不能提交。"
                ),
            ],
            [
                _("自愿与免费"),
                _("参加活动完全自愿，不收取任何费用，不作为中小学招生入学依据。不同意不影响孩子在校的学习和评价。"),
            ],
        ],
        "words": {
            "student": _("学生姓名"),
            "place": _("年级、班级"),
            "school": _("学校"),
            "agree": _("我是该学生的监护人，已阅读并理解以上内容，"),
            "choices": [_("同意"), _("不同意")],
            "agree_to": _("学校和主办单位为上述目的处理孩子的个人信息。"),
            "showing": _("（可选）作品获奖后，"),
            "showing_to": _("在公开的获奖作品展示页上展示作品图片或影片。"),
            "relation": _("与学生的关系"),
            "guardian": _("监护人签名"),
            "phone": _("联系电话"),
            "date": _("签署日期"),
            "keep": _("本同意书由学校保存原件，并在报名系统中登记。"),
        },
        "relations": [translate(word) for word in RELATIONS],
        "school": school.name,
        "sheets": sheets or [{"name": "", "place": ""}],
    }
    return render_pdf("people/consent.typ", data)


def _about_handlers(school: School, office: Office) -> str:
    contact = "，".join(part for part in (office.address, office.phone) if part)
    if contact:
        return _(
            "%(office)s主办的青少年科技创新类竞赛活动，由%(school)s组织报名。主办单位联系方式：%(contact)s。",
            office=office.name,
            school=school.name,
            contact=contact,
        )
    return _("%(office)s主办的青少年科技创新类竞赛活动，由%(school)s组织报名。", office=office.name, school=school.name)
