"""A place with a contest, and its teacher at the keyboard."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.entries.entry_factories import Place, make_place
from tests.factories import sign_in


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


@pytest.fixture
def teacher(client: FlaskClient, place: Place) -> FlaskClient:
    return sign_in(client, place.teacher)
