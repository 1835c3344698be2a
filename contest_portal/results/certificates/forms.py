"""Forms of certificates: how they look, numbering, keys; checking one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from contest_portal.core.errors import FieldProblem, Invalid
from contest_portal.core.forms import Form, Row, VersionedForm
from contest_portal.core.text import N_, Message
from contest_portal.results.certificates.layout import Layout, PictureBox, TextBox

TEXT_NUMBERS = ("left", "top", "width", "height", "size")
PLACES = ("qr", "seal", "signature")
_NUMBER = re.compile(r"\d{1,3}(\.\d{1,2})?")


class TextForm(Row):
    """One text of a certificate; an empty one is left out."""

    text = TextAreaField(_l("文字"), render_kw={"rows": 3})
    left = StringField(_l("离左边"))
    top = StringField(_l("离上边"))
    width = StringField(_l("宽"))
    height = StringField(_l("高"))
    size = StringField(_l("字号"))
    font = SelectField(_l("字体"), choices=[("song", _l("宋体")), ("hei", _l("黑体")), ("own", _l("自备字体"))])
    align = SelectField(_l("对齐"), choices=[("left", _l("靠左")), ("center", _l("居中")), ("right", _l("靠右"))])
    colour = StringField(_l("颜色"))
    is_bold = BooleanField(_l("加粗"))
    has_bold_fields = BooleanField(_l("姓名和奖项加粗"))


class PlaceForm(Row):
    """Where a picture or the code stands."""

    left = StringField(_l("离左边"))
    top = StringField(_l("离上边"))
    width = StringField(_l("宽"))


class TemplateForm(VersionedForm):
    """How certificates of a kind look."""

    orientation = RadioField(_l("纸张方向"), choices=[("wide", _l("A4 横向")), ("tall", _l("A4 纵向"))], default="wide")
    has_border = BooleanField(_l("没有底图时画边框"))
    texts = FieldList(FormField(TextForm))
    qr = FormField(PlaceForm)
    seal = FormField(PlaceForm)
    signature = FormField(PlaceForm)
    background = FileField(_l("底图"))
    seal_picture = FileField(_l("印章图片"))
    signature_picture = FileField(_l("签名图片"))
    remove_background = BooleanField(_l("去掉现在的底图"))
    remove_seal = BooleanField(_l("去掉现在的印章"))
    remove_signature = BooleanField(_l("去掉现在的签名"))

    def fill(self, layout: Layout, version: int) -> None:
        """Show the layout, with an empty place for one more text."""
        self.version.data = str(version)
        self.orientation.data = "wide" if layout.is_landscape else "tall"
        self.has_border.data = layout.has_border
        for box in layout.texts:
            self.texts.append_entry({**vars(box), **{name: _shown(getattr(box, name)) for name in TEXT_NUMBERS}})
        self.add_empty()
        for name in PLACES:
            box = getattr(layout, name)
            for part in ("left", "top", "width"):
                getattr(self, name)[part].data = _shown(getattr(box, part))

    def add_empty(self) -> None:
        """A place for one more text."""
        empty = TextBox("", 40, 40, 100, 12)
        self.texts.append_entry({**vars(empty), **{name: _shown(getattr(empty, name)) for name in TEXT_NUMBERS}})

    def layout(self) -> Layout:
        """What was typed. Raises Invalid naming the place of what is no number."""
        problems: list[FieldProblem] = []
        texts = []
        for number, entry in enumerate(self.texts.entries, start=1):
            one = entry.form
            if not (one.text.data or "").strip():
                continue
            where = Message.of(N_("第 %(number)s 处文字"), number=number)
            figures = {name: _figure(one[name], where, problems) for name in TEXT_NUMBERS}
            texts.append(
                TextBox(
                    (one.text.data or "").replace("\r\n", "\n").rstrip(),
                    **figures,
                    font=one.font.data or "song",
                    align=one.align.data or "left",
                    is_bold=bool(one.is_bold.data),
                    has_bold_fields=bool(one.has_bold_fields.data),
                    colour=(one.colour.data or "").strip(),
                )
            )
        names = {"qr": N_("二维码"), "seal": N_("印章"), "signature": N_("签名")}
        places = {name: self._place(name, Message(names[name]), problems) for name in PLACES}
        if problems:
            raise Invalid("results.no_number", problems[0].message, problems=problems)
        wide = self.orientation.data != "tall"
        return Layout(is_landscape=wide, has_border=bool(self.has_border.data), texts=tuple(texts), **places)

    def _place(self, name: str, where: Message, problems: list[FieldProblem]) -> PictureBox:
        form = getattr(self, name).form
        return PictureBox(**{part: _figure(form[part], where, problems) for part in ("left", "top", "width")})


def _figure(field: Any, where: Message, problems: list[FieldProblem]) -> float:
    text = (field.data or "").strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    source = N_("%(where)s的「%(what)s」应为 0 到 999 的数字，现在写的是「%(text)s」。")
    label = str(field.label.text)
    problems.append(FieldProblem(field.id, Message.of(source, where=where, what=label, text=text[:20])))
    return 0.0


def _shown(value: float) -> str:
    return f"{value:g}"


class ChoicesForm(VersionedForm):
    """Numbering, who signs at the foot, the printed day."""

    number_pattern = StringField(_l("编号规则"), [DataRequired(_l("请填写编号规则。"))])
    issuer = StringField(_l("颁发单位（落款）"), [DataRequired(_l("请填写颁发单位。"))])
    dated_on = DateField(_l("落款日期"), [Optional()])
    is_one_each = BooleanField(_l("集体作品每位作者一张"))


class FontForm(Form):
    """A font of the office's own."""

    font = FileField(_l("字体文件"))


class KeyForm(Form):
    """A key of the office's own to sign with."""

    key_file = FileField(_l("数字证书文件"))
    passphrase = PasswordField(_l("文件的密码"))


class CopyForm(Form):
    """Which contest's templates are taken over."""

    source = SelectField(_l("沿用哪一届"), coerce=int)

    def offer(self, contests: Sequence[tuple[int, str]]) -> None:
        self.source.choices = list(contests)


class IssueForm(Form):
    """Which kinds of certificates are given now."""

    author = BooleanField(_l("作者证书"), default=True)
    tutor = BooleanField(_l("辅导教师证书"), default=True)
    school = BooleanField(_l("学校和优秀辅导员证书"), default=True)


class PrintForm(Form):
    """What the files are to be like."""

    is_preprinted = BooleanField(_l("打印文件不要底图和边框（用已经印好底图的证书纸）"))
    anew = BooleanField(_l("已经生成过的也重新生成（改过模板以后用）"))


class WhyForm(Form):
    """The reason for what cannot be undone."""

    why = TextAreaField(_l("原因"), render_kw={"rows": 3})
    act = HiddenField()


class CheckForm(Form):
    """Number and name of a certificate."""

    number = StringField(
        _l("证书编号"),
        [DataRequired(_l("请填写证书上的编号。")), Length(max=120, message=_l("编号太长了，请照证书填写。"))],
    )
    name = StringField(
        _l("姓名"),
        [DataRequired(_l("请填写证书上的姓名。")), Length(max=100, message=_l("姓名太长了，请照证书填写。"))],
    )


class CheckFileForm(Form):
    """The PDF of a certificate."""

    file = FileField(_l("证书 PDF 文件"))
