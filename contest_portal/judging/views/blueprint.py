"""The blueprint on which the room's pages stand."""

from flask import Blueprint

bp = Blueprint("judging", "contest_portal.judging", template_folder="templates")
