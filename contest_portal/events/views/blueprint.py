"""The blueprint on which the room's pages stand."""

from flask import Blueprint

bp = Blueprint("events", "contest_portal.events", template_folder="templates")
