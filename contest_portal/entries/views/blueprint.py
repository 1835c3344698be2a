"""The blueprint on which the room's pages stand."""

from flask import Blueprint

bp = Blueprint("entries", "contest_portal.entries", template_folder="templates")
