"""Every view that lists rows stands in the table of list pages, so that its statements are counted."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import contest_portal
from contest_portal import create_app
from contest_portal.settings import Settings
from tests.lists.pages import LIST_PAGES, NO_LISTS

PACKAGE = Path(contest_portal.__file__).parent
MACROS = ("pagination(", "call table(", "count_line(")


@cache
def functions_of(module: ModuleType) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def reached_from(view: Callable[..., Any]) -> Iterator[ast.AST]:
    """The view's syntax and that of the functions of its module that it comes to."""
    module = inspect.getmodule(view)
    assert module is not None
    functions, seen, ahead = functions_of(module), set(), [view.__name__]
    while ahead:
        name = ahead.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            yield node
            if isinstance(node, ast.Name):
                ahead.append(node.id)


def paginating_queries() -> set[str]:
    """The names of the queries that call `paginate`."""
    return {
        node.name
        for path in (*PACKAGE.glob("**/queries.py"), *PACKAGE.glob("**/queries/*.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and "paginate(" in ast.unparse(node)
    }


def test_every_list_page_is_measured(tmp_path: Path) -> None:
    app = create_app(Settings(instance=tmp_path / "instance"), testing=True)
    known, queries = {page.endpoint for page in LIST_PAGES} | NO_LISTS.keys(), paginating_queries()
    missing = []
    for rule in app.url_map.iter_rules():
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        if (
            "GET" not in (rule.methods or ())
            or not view.__module__.startswith("contest_portal.")
            or rule.endpoint in known
        ):
            continue
        nodes = list(reached_from(view))
        words = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        names |= {node.id for node in nodes if isinstance(node, ast.Name)}
        sources = [app.jinja_env.loader.get_source(app.jinja_env, word)[0] for word in words if word.endswith(".html")]  # type: ignore[union-attr]
        if names & queries or any(macro in source for source in sources for macro in MACROS):
            missing.append(rule.endpoint)
    assert not missing, (
        f"{', '.join(sorted(missing))}: a list page whose statements nobody counts. Add a line for it to LIST_PAGES in "
        "tests/lists/pages.py (its rows come from tests/lists/world.py), or to NO_LISTS there with the reason."
    )


def test_the_table_names_only_views_that_there_are(tmp_path: Path) -> None:
    app = create_app(Settings(instance=tmp_path / "instance"), testing=True)
    assert {page.endpoint for page in LIST_PAGES} | NO_LISTS.keys() <= app.view_functions.keys()
