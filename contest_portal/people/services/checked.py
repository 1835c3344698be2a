"""What people type about persons and places, mended or refused. Used by the verbs of this package."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from contest_portal.core.errors import FieldProblem, Invalid
from contest_portal.core.text import N_, Message
from contest_portal.people.login_names import login_name_problem, normal_login_name
from contest_portal.people.password_rules import password_problem
from contest_portal.people.password_words import words_of_person, words_of_school
from contest_portal.people.phones import mobile_problem, normal_mobile
from contest_portal.people.roster.normalise import Flaw, read_name, read_phone


class Problems:
    """Collects what is wrong in one form, field by field."""

    def __init__(self) -> None:
        self.found: list[FieldProblem] = []

    def add(self, field: str, message: Message | str) -> None:
        self.found.append(FieldProblem(field, Message(message) if isinstance(message, str) else message))

    def name(self, text: str, field: str = "name", *, required: bool = True) -> str:
        """A person's name."""
        value = read_name(text)
        if isinstance(value, Flaw):
            self.add(field, value.message)
            return ""
        if required and not value:
            self.add(field, N_("请填写姓名。"))
        return value

    def contact_phone(self, text: str, field: str = "contact_phone") -> str:
        """A number to call, mobile or landline."""
        value = read_phone(text)
        if isinstance(value, Flaw):
            self.add(field, value.message)
            return ""
        return value

    def text(self, text: str, field: str, most: int, *, label: str, required: bool = False) -> str:
        """A line of text: spaces made single, invisible characters refused. `label` is the field's word on screen."""
        plain = " ".join(unicodedata.normalize("NFC", text).split())
        if any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"} for character in plain):
            self.add(field, Message.of(N_("%(label)s中有看不见的控制字符，请删去后重新填写。"), label=Message(label)))
            return ""
        if required and not plain:
            self.add(field, Message.of(N_("请填写%(label)s。"), label=Message(label)))
        if len(plain) > most:
            self.add(
                field,
                Message.of(
                    N_("%(label)s最多 %(most)s 个字，现在有 %(count)s 个。"),
                    label=Message(label),
                    most=most,
                    count=len(plain),
                ),
            )
        return plain

    def login(self, login_name: str, phone: str) -> tuple[str | None, str | None]:
        """(user name, mobile number) to sign in with; at least one of them."""
        name, mobile = normal_login_name(login_name), normal_mobile(phone)
        if not name and not mobile:
            self.add("phone", N_("手机号和用户名至少填写一项，用来登录。"))
        if name and (problem := login_name_problem(name)):
            self.add("login_name", problem)
        if mobile and (problem := mobile_problem(mobile)):
            self.add("phone", problem)
        return name or None, mobile or None

    def password(
        self,
        password: str,
        name: str | None,
        *logins: str | None,
        schools: Iterable[str] = (),
        field: str = "password",
    ) -> None:
        """A password to be: of somebody of that name, who signs in by these, at these schools."""
        about = words_of_person(name or "").union(*(words_of_school(school) for school in schools))
        if problem := password_problem(password, personal=about.union(text for text in logins if text)):
            self.add(field, problem)


@contextmanager
def checking(code: str) -> Iterator[Problems]:
    """Collect problems; raise them together as Invalid(code) at the end of the block."""
    problems = Problems()
    yield problems
    if problems.found:
        raise Invalid(code, problems.found[0].message, problems=problems.found)
