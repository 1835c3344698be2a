"""The blueprint on which the room's pages stand."""

from flask import Blueprint

bp = Blueprint("media", "contest_portal.media", template_folder="templates")
