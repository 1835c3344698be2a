"""Verbs on offices: the chain district → city → province."""

from __future__ import annotations

from dataclasses import dataclass

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import found, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_
from contest_portal.people.models import Office
from contest_portal.people.services.checked import checking

LEVELS = {"district": N_("区县级"), "city": N_("市级"), "province": N_("省级")}
_ORDER = list(LEVELS)

on_breach("uq_office_name", lambda: Conflict("people.office_exists", N_("已有同名的主办单位。"), field="name"))


@dataclass(frozen=True)
class OfficeData:
    """What an office says of itself."""

    name: str
    short_name: str = ""
    region_name: str = ""
    region_code: str = ""
    number_prefix: str = ""
    address: str = ""
    phone: str = ""


def add_office(actor: Actor, data: OfficeData, *, level: str, parent_id: int | None = None) -> Office:
    """Add an office below `parent_id`. Raises Invalid when the chain would not go up, Conflict for a known name."""
    values = _checked(data)
    if level not in LEVELS:
        raise Invalid("people.office_level", N_("级别应为 district、city 或 province。"), field="level")
    with unit_of_work(actor, "people.add_office") as work:
        if parent_id is not None and _ORDER.index(found(Office, parent_id).level) <= _ORDER.index(level):
            raise Invalid("people.office_parent", N_("上级单位的级别应高于本单位。"), field="parent")
        office = Office(level=level, parent_id=parent_id, created_at=now(), **values)
        work.session.add(office)
        work.record(office, after={"name": office.name, "level": level, "parent_id": parent_id})
    return office


def edit_office(actor: Actor, office_id: int, data: OfficeData) -> Office:
    """Change what the office says of itself. Its level and place in the chain stay."""
    values = _checked(data)
    with unit_of_work(actor, "people.edit_office") as work:
        office = locked(Office, office_id)
        before = {name: getattr(office, name) for name in values}
        for name, value in values.items():
            setattr(office, name, value)
        changed = [name for name in values if before[name] != values[name]]
        work.record(
            office, before={name: before[name] for name in changed}, after={name: values[name] for name in changed}
        )
    return office


def _checked(data: OfficeData) -> dict[str, str]:
    with checking("people.office") as check:
        name = check.text(data.name, "name", 100, label=N_("单位全称"), required=True)
        return {
            "name": name,
            "short_name": check.text(data.short_name or name, "short_name", 50, label=N_("简称")),
            "region_name": check.text(data.region_name, "region_name", 50, label=N_("辖区名称"), required=True),
            "region_code": check.text(data.region_code, "region_code", 6, label=N_("行政区划代码")),
            "number_prefix": check.text(data.number_prefix, "number_prefix", 10, label=N_("编号前缀"), required=True),
            "address": check.text(data.address, "address", 200, label=N_("地址")),
            "phone": check.contact_phone(data.phone, "phone"),
        }
