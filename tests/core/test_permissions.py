"""Every route names an action, every action has one rule, every rule is used. Who may do what: tests/permissions/."""

from __future__ import annotations

from flask import Flask

from contest_portal.core.permissions import ACTION_ATTRIBUTE, RULES

# Flask's own route for built browser files: nothing in it belongs to anybody.
WITHOUT_ACTION = {"static"}

# Rules that no route names: pages and services ask them with `may` or `decide`. Say beside each who asks it.
ASKED_BY_SERVICES: set[str] = set()


def test_every_route_names_an_action_that_has_a_rule(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in WITHOUT_ACTION:
            continue
        room = rule.endpoint.partition(".")[0]
        view = app.view_functions[rule.endpoint]
        place, policy = f"{view.__module__}.{view.__name__}", f"contest_portal/{room}/policy.py"
        action = getattr(view, ACTION_ATTRIBUTE, None)
        assert action, (
            f'{rule.rule} is open to everybody: put @permission("{room}.VERB", of=LOADER) directly under the route of'
            f' {place}, with a rule @rule("{room}.VERB") in {policy}'
        )
        assert action in RULES, (
            f'{rule.rule} names the action {action}, which nobody decides: add @rule("{action}") to {policy},'
            f" or mend the name at {place}"
        )


def test_every_rule_is_named_by_a_route(app: Flask) -> None:
    named = {getattr(view, ACTION_ATTRIBUTE, None) for view in app.view_functions.values()}
    for action in sorted(RULES):
        policy = f"contest_portal/{action.partition('.')[0]}/policy.py"
        assert action in named or action in ASKED_BY_SERVICES, (
            f"no route names {action}: remove its rule from {policy}, or, where pages and services ask it, add it to"
            " ASKED_BY_SERVICES in this file"
        )
    idle = ASKED_BY_SERVICES & named
    assert not idle, f"routes name {idle} now: take them out of ASKED_BY_SERVICES in this file"
