"""Who acts: an account in one of its memberships, or the console."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """What a membership allows its holder to be. The words on screen are in `core.i18n.role_name`."""

    OFFICE = "office"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    SCHOOL_MANAGER = "school_manager"
    TEACHER = "teacher"
    JUDGE = "judge"


OFFICE_ROLES = frozenset({Role.OFFICE, Role.LEADER, Role.SUPERVISOR})
SCHOOL_ROLES = frozenset({Role.SCHOOL_MANAGER, Role.TEACHER})


@dataclass(frozen=True)
class MembershipInfo:
    """One membership as a plain value. `office_id` is always set: a school's people carry their school's office."""

    id: int
    role: Role
    office_id: int
    place_name: str
    school_id: int | None = None
    teacher_id: int | None = None
    judge_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """The account that acts and the membership it acts in. `session_token` is set for a signed-in browser."""

    account_id: int | None
    name: str
    memberships: tuple[MembershipInfo, ...] = ()
    membership: MembershipInfo | None = None
    session_token: str = ""
    address: str = ""
    request_id: str = ""
    must_change_password: bool = False
    must_add_factor: bool = False
    is_console: bool = False

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.session_token

    @property
    def role(self) -> Role | None:
        return self.membership.role if self.membership else None

    @property
    def office_id(self) -> int | None:
        return self.membership.office_id if self.membership else None

    @property
    def school_id(self) -> int | None:
        return self.membership.school_id if self.membership else None

    @property
    def teacher_id(self) -> int | None:
        return self.membership.teacher_id if self.membership else None

    @property
    def judge_id(self) -> int | None:
        return self.membership.judge_id if self.membership else None

    def is_in(self, *roles: Role) -> bool:
        """Whether the actor acts in one of `roles`."""
        return self.role in roles

    def acting_in(self, membership: MembershipInfo) -> Actor:
        """The same account in another of its memberships."""
        return replace(self, membership=membership)


def console_actor(name: str = "console") -> Actor:
    """The person at the machine's own console, who may do whatever a service does."""
    return Actor(account_id=None, name=name, is_console=True)
