"""The machinery of permissions: every route names an action, every action has one rule in a room's `policy.py`.

    # policy.py
    @rule("entries.edit")
    def may_edit(actor: Actor, entry: Entry) -> Decision:
        return visible_if(entry.school_id == actor.school_id).and_if(actor.is_in(Role.TEACHER))

    # views.py
    @bp.get("/entries/<int:entry_id>/edit")
    @permission("entries.edit", of=queries.entry)
    def edit(entry: Entry) -> str: ...

`of` turns the URL's arguments into the object that the rule is asked about and that the view then gets instead of
them. Whoever may not know that the object exists gets 404, whoever may know yet not act gets 403, whoever is not
signed in is asked to sign in.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any

from flask import g
from flask_login import AnonymousUserMixin, current_user
from werkzeug.wrappers import Response

from contest_portal.core.actor import Actor, MembershipInfo, Role
from contest_portal.core.errors import NotAllowed, NotFound
from contest_portal.core.step_up import first_ask, wanted_act


class Decision(Enum):
    """What a rule answers."""

    ALLOW = "allow"
    DENY = "deny"
    HIDE = "hide"
    SIGN_IN = "sign_in"

    def and_if(self, condition: bool) -> Decision:
        """The same answer, but DENY where it was ALLOW and `condition` does not hold."""
        return Decision.DENY if self is Decision.ALLOW and not condition else self


def visible_if(condition: bool) -> Decision:
    """ALLOW where the actor may know of the object, else HIDE."""
    return Decision.ALLOW if condition else Decision.HIDE


def allowed_if(condition: bool) -> Decision:
    """ALLOW or DENY, where everybody may know that the thing exists."""
    return Decision.ALLOW if condition else Decision.DENY


Rule = Callable[..., Decision]
RULES: dict[str, Rule] = {}
PUBLIC_ACTIONS: set[str] = set()
ACTION_ATTRIBUTE = "permission_action"


def rule(action: str) -> Callable[[Rule], Rule]:
    """Register the rule of `action`. It is asked with (actor) or (actor, object); the actor is signed in."""

    def register(function: Rule) -> Rule:
        if action in RULES:
            raise ValueError(f"two rules for {action}")
        RULES[action] = function
        return function

    return register


def role_rule(action: str, *roles: Role) -> None:
    """Register the plainest rule: whoever acts in one of `roles` may. Scope is then the query's own business."""
    rule(action)(lambda actor, *_subject: allowed_if(actor.role in roles))


def public_rule(action: str) -> None:
    """Register an action that needs no account."""
    PUBLIC_ACTIONS.add(action)
    rule(action)(lambda *_anything: Decision.ALLOW)


def public_object_rule(action: str) -> Callable[[Rule], Rule]:
    """Register a rule that is asked for visitors too: its actor may be None (a draft hides, a public page shows)."""
    PUBLIC_ACTIONS.add(action)
    return rule(action)


def decide(action: str, actor: Actor | None, *subject: Any) -> Decision:
    """The answer for `actor` (None: nobody signed in)."""
    if actor is None and action not in PUBLIC_ACTIONS:
        return Decision.SIGN_IN
    return RULES[action](actor, *subject)


def may(action: str, *subject: Any) -> bool:
    """Whether the current actor may; for showing or hiding a button. Views decide by `permission`."""
    return decide(action, current_actor_or_none(), *subject) is Decision.ALLOW


def permission(action: str, of: Callable[..., Any] | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a view: see the module's text."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**url_arguments: Any) -> Any:
            actor = current_actor_or_none()
            if actor is None and action not in PUBLIC_ACTIONS:
                return ask_to_sign_in()
            loaded = [] if of is None else [of(**url_arguments)]
            _require(action, actor, *loaded)
            act = wanted_act()
            if act is not None:
                answer = first_ask(actor, act)
                if answer is not None:
                    return answer
                loaded = [] if of is None else [of(**url_arguments)]  # confirming has written: what was read is old
            return view(**url_arguments) if of is None else view(*loaded)

        setattr(guarded, ACTION_ATTRIBUTE, action)
        return guarded

    return decorate


def _require(action: str, actor: Actor | None, *subject: Any) -> None:
    decision = decide(action, actor, *subject)
    if decision in {Decision.DENY, Decision.HIDE}:
        g.fitting_memberships = _fitting(action, actor, *subject)
        raise NotFound if decision is Decision.HIDE else NotAllowed


def _fitting(action: str, actor: Actor | None, *subject: Any) -> list[MembershipInfo]:
    """The actor's other memberships in which this would be allowed: the page that refuses offers to switch."""
    others = [one for one in actor.memberships if one != actor.membership] if actor else []
    return [one for one in others if actor and decide(action, actor.acting_in(one), *subject) is Decision.ALLOW]


def current_actor_or_none() -> Actor | None:
    """The signed-in actor of this request, or None."""
    person = current_user._get_current_object()  # not the stand-in, which is asked anew for each of his attributes
    return person if isinstance(person, Actor) else None


def look_nobody_up() -> None:
    """From now on in this request nobody is signed in, unless it was asked before: who it is cannot be read just now."""
    g.setdefault("_login_user", AnonymousUserMixin())


def current_actor() -> Actor:
    """The signed-in actor of this request. Call it only behind `permission`."""
    actor = current_actor_or_none()
    if actor is None:
        raise NotAllowed
    return actor


def ask_to_sign_in() -> Response:
    """Send the browser to the login page; what it had posted is kept for afterwards."""
    answer: Response = g.sign_in_answer()
    return answer
