"""What every command needs: the application of this call, with its context open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
from flask import Flask

from contest_portal.core.errors import NotFound
from contest_portal.core.text import N_, Message

T = TypeVar("T")


def looked_up(find: Callable[[int], T], number: int, what: str) -> T:
    """What a command was asked about by its number. Raises NotFound that names the kind of thing and the number."""
    try:
        return find(number)
    except NotFound as error:
        message = Message.of(N_("没有编号为 %(number)s 的%(what)s。"), number=number, what=Message(what))
        raise NotFound("core.no_such_number", message) from error


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the application as its first argument, inside an application and a request-free context."""

    @click.pass_context
    @wraps(command)
    def run(context: click.Context, /, *arguments: Any, **options: Any) -> Any:
        app: Flask = context.obj.app
        with app.app_context():
            return command(app, *arguments, **options)

    return run
