"""What relations are called on pages and in workbooks."""

from __future__ import annotations

from flask_babel import gettext as _

from contest_portal.judging.models import ConflictOfInterest


def kind_names() -> dict[str, str]:
    """Kind → its word."""
    return {
        "school": _("任职或曾任职"),
        "tutoring": _("辅导关系"),
        "kin": _("亲属"),
        "relation": _("与学校有关系"),
        "declared": _("评审中发现"),
        "office": _("其他关系"),
    }


def source_names() -> dict[str, str]:
    """Source → its word."""
    return {"judge": _("评委本人声明"), "office": _("主办单位登记"), "matrix": _("名单导入")}


def target_name(row: ConflictOfInterest) -> str:
    """What the judge must keep away from, in words."""
    if row.school:
        return _("学校：%(name)s", name=row.school.name)
    if row.student:
        return _("学生：%(name)s", name=row.student.name)
    return _("作品：%(number)s", number=row.entry.number or "") if row.entry else ""
