"""Pictures that the server draws: SVG with presentation attributes only, each with its figures for a table beside it.

* `lines`: curves over one axis, with bands of uncertainty (expected recall, progress in time);
* `intervals`: one row a judge or work, a dot with its interval, a line at a value, a line between rows (quota);
* `shares`: one bar a row between 0 and 1 (probability to be within the quota), with a band;
* `graph`: judges on one side, entries on the other, a line for each read.

Each gives a `Picture`; `judging/_picture.html` shows it. Other drawings are made of `Drawing` and `Axis`. Words come in
ready in the reader's language. Colours are classes of the style sheet (`series-1` … `series-6`). Pure.
"""

from contest_portal.judging.pictures.graphs import graph
from contest_portal.judging.pictures.plots import Curve, lines
from contest_portal.judging.pictures.rows import Interval, Share, intervals, shares
from contest_portal.judging.pictures.svg import Axis, Drawing, Picture, axis

__all__ = [
    "Axis",
    "Curve",
    "Drawing",
    "Interval",
    "Picture",
    "Share",
    "axis",
    "graph",
    "intervals",
    "lines",
    "shares",
]
