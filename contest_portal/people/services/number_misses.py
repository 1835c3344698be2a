"""ID numbers of other schools' people given under another name: slips of the pen are few, so whoever gives many is guessing."""

from __future__ import annotations

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import today
from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.models import School
from contest_portal.people.queries.recipients import staff_of
from contest_portal.people.services import tries

MOST_A_DAY = 30
"""So many numbers a school is told in a day that they belong to somebody else; a school's roster has a handful at most."""


def count_misses(actor: Actor, school: School, misses: int) -> None:
    """Count what the school is about to be told. Raises Conflict, and tells the office, where it is more than a day's.

    The office itself sees the people of all its schools and is not counted. Outside of any unit of work.
    """
    if not misses or actor.role != Role.SCHOOL_MANAGER:
        return
    if tries.count_within(actor, tries.numbers_missed(school.id, today()), misses, most=MOST_A_DAY):
        return
    with unit_of_work(actor, "people.numbers_guessed") as work:
        work.record(school, after={"misses": misses})
        title = Message.of(N_("%(school)s今天填报的身份证号多次与外校人员相同而姓名不符"), school=school.name)
        body = Message(N_("系统已暂停核对。请向学校了解情况，必要时停用其管理员。"))
        notify(work, staff_of(school.office_id), title, body, url=f"/schools/{school.id}", kind="security")
    words = N_(
        "今天有较多身份证号与系统中已有的登记不符，已暂停核对，没有写入任何内容。请检查名册，明天再试或联系主办单位。"
    )
    raise Conflict("people.numbers_guessed", words, field="id_number")
