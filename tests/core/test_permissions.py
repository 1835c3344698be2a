"""Every route names an action, and every action has one rule."""

from __future__ import annotations

from flask import Flask

from contest_portal.core.permissions import ACTION_ATTRIBUTE, RULES

# Flask's own route for built browser files: nothing in it belongs to anybody.
WITHOUT_ACTION = {"static"}


def test_every_route_names_an_action_that_has_a_rule(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in WITHOUT_ACTION:
            continue
        action = getattr(app.view_functions[rule.endpoint], ACTION_ATTRIBUTE, None)
        assert action, f"{rule.endpoint} ({rule.rule}): decorate it with @permission, directly under the route"
        assert action in RULES, f"{rule.endpoint} names {action}: add its rule to the room's policy.py"
