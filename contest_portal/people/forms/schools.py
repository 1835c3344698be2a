"""Forms of schools and offices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from contest_portal.core.forms import Form, VersionedForm, row_id
from contest_portal.core.i18n import translate
from contest_portal.people.models import Office, School
from contest_portal.people.school_kinds import KINDS
from contest_portal.people.services.offices import OfficeData
from contest_portal.people.services.schools import SchoolData, data_of


class SchoolForm(VersionedForm):
    """A school's data."""

    name = StringField(_l("学校全称"))
    kind = SelectField(_l("学校类型"), validate_choice=False)
    code = StringField(_l("学校标识码"))
    area = RadioField(_l("城乡"), choices=[("urban", _l("城区")), ("rural", _l("乡镇"))], default="urban")
    township = StringField(_l("乡镇（街道）"))
    is_feature = BooleanField(_l("特色学校"))
    address = StringField(_l("地址"))
    contact_name = StringField(_l("联系人"))
    contact_phone = StringField(_l("联系电话"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [("", _l("请选择")), *((code, translate(word)) for code, word in KINDS.items())]

    @property
    def school_data(self) -> SchoolData:
        return SchoolData(
            name=self.name.data or "",
            kind=self.kind.data or "",
            code=self.code.data or "",
            township=self.township.data or "",
            is_urban=self.area.data != "rural",
            is_feature=bool(self.is_feature.data),
            address=self.address.data or "",
            contact_name=self.contact_name.data or "",
            contact_phone=self.contact_phone.data or "",
        )

    @classmethod
    def filled_from(cls, school: School) -> SchoolForm:
        """The form showing what is known, the telephone left out."""
        data = replace(data_of(school), contact_phone="")
        return cls(obj=data, area="urban" if data.is_urban else "rural", version=school.version)


class ApplicationForm(SchoolForm):
    """The public form by which a school asks to take part."""

    office_id = SelectField(_l("申请加入的主办单位"), coerce=int)


class OwnSchoolForm(VersionedForm):
    """What a school's manager may change."""

    requires_approval = BooleanField(_l("作品提交前须经学校管理员审核"))
    address = StringField(_l("地址"))
    contact_name = StringField(_l("联系人"))
    contact_phone = StringField(_l("联系电话"))


class ReasonForm(Form):
    """Why a school is refused or closed."""

    reason = TextAreaField(_l("理由"))


class SchoolTableForm(Form):
    """A table of schools to import."""

    file = FileField(_l("学校名单"))


class ApplySchoolTableForm(Form):
    """The table that was previewed; `table` is signed."""

    table = HiddenField()


class ManagerSlipsForm(Form):
    """The schools whose managers get a new link; none chosen means all that have no account."""

    school = SelectMultipleField(coerce=row_id, validate_choice=False)


class OfficeForm(Form):
    """What an office says of itself."""

    name = StringField(_l("单位全称"))
    short_name = StringField(_l("简称"))
    region_name = StringField(_l("辖区名称"))
    region_code = StringField(_l("行政区划代码"))
    number_prefix = StringField(_l("编号前缀"))
    address = StringField(_l("地址"))
    phone = StringField(_l("联系电话"))

    @property
    def office_data(self) -> OfficeData:
        return OfficeData(
            **{name: getattr(self, name).data or "" for name in OfficeData.__dataclass_fields__}  # each is a text
        )

    @classmethod
    def filled_from(cls, office: Office) -> OfficeForm:
        return cls(obj=office)
