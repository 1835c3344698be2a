"""What every command needs: the application of this call, with its context open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import Flask


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the application as its first argument, inside an application and a request-free context."""

    @click.pass_context
    @wraps(command)
    def run(context: click.Context, /, *arguments: Any, **options: Any) -> Any:
        app: Flask = context.obj.app
        with app.app_context():
            return command(app, *arguments, **options)

    return run
