"""The room's blueprint, which every file of screens adds its routes to."""

from flask import Blueprint

bp = Blueprint("contests", __name__, template_folder="../templates")
