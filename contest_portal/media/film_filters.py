"""Frames of a film and pieces of its sound brought into one form, whatever the source changes on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_TRANSPOSE = {90: "cclock", 270: "clock"}
_SD_HEIGHT = 720  # below it, films that do not say so have the colours of BT.601, from there on those of BT.709
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}


@dataclass(frozen=True)
class Turned:
    """The size wanted, in pixels, after a turn of `degrees` counter-clockwise (0, 90, 180, 270)."""

    width: int
    height: int
    degrees: int
    is_interlaced: bool = False


class VideoFilter:
    """Frames scaled, upright, in the colours of BT.709 and YUV 4:2:0."""

    def __init__(self, turned: Turned) -> None:
        self._turned = turned
        self._form: tuple[Any, ...] = ()
        self._graph: Any = None

    def of(self, frame: Any) -> Iterator[Any]:
        """What a frame gives; None gives what is still held back."""
        if frame is None:
            if self._graph is not None:
                yield from _pushed(self._graph, None)
            return
        form = (frame.width, frame.height, frame.format.name, int(frame.colorspace), int(frame.color_range))
        if form != self._form:
            yield from self.of(None)
            self._graph, self._form = self._graph_for(frame), form
        yield from _pushed(self._graph, frame)

    def _graph_for(self, frame: Any) -> Any:
        from av.filter import Graph

        graph, turned = Graph(), self._turned
        across, down = turned.width, turned.height
        if turned.degrees in _TRANSPOSE:
            across, down = down, across
        matrix = _MATRICES.get(int(frame.colorspace), "bt709" if frame.height >= _SD_HEIGHT else "bt601")
        nodes = [
            graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
        ]
        if turned.is_interlaced:
            nodes.append(graph.add("bwdif", "mode=send_frame:deint=interlaced"))
        colours = f"in_color_matrix={matrix}:out_color_matrix=bt709:out_range=tv"
        nodes.append(graph.add("scale", f"w={across}:h={down}:flags=bicubic+accurate_rnd:{colours}"))
        nodes.append(graph.add("format", "pix_fmts=yuv420p"))
        if turned.degrees in _TRANSPOSE:
            nodes.append(graph.add("transpose", f"dir={_TRANSPOSE[turned.degrees]}"))
        elif turned.degrees == 180:
            nodes += [graph.add("hflip"), graph.add("vflip")]
        nodes += [graph.add("setsar", "sar=1"), graph.add("buffersink")]
        return _linked(graph, nodes)


class SoundFilter:
    """Sound of one rate and layout without gaps: silence stands where the source has none."""

    def __init__(self, layout: str, rate: int) -> None:
        self._wanted = f"sample_fmts=fltp:sample_rates={rate}:channel_layouts={layout}"
        self._form: tuple[Any, ...] = ()
        self._graph: Any = None

    def of(self, piece: Any) -> Iterator[Any]:
        """What a piece of sound gives; None gives what is still held back."""
        if piece is None:
            if self._graph is not None:
                yield from _pushed(self._graph, None)
            return
        form = (piece.format.name, piece.layout.name, piece.sample_rate)
        if form != self._form:
            yield from self.of(None)
            self._graph, self._form = self._graph_for(piece), form
        yield from _pushed(self._graph, piece)

    def _graph_for(self, piece: Any) -> Any:
        from av.filter import Graph

        graph = Graph()
        nodes = [
            graph.add_abuffer(
                sample_rate=piece.sample_rate, format=piece.format, layout=piece.layout, time_base=piece.time_base
            ),
            graph.add("aresample", "async=1"),
            graph.add("aformat", self._wanted),
            graph.add("abuffersink"),
        ]
        return _linked(graph, nodes)


def _linked(graph: Any, nodes: list[Any]) -> Any:
    for before, after in pairwise(nodes):
        before.link_to(after)
    graph.configure()
    return graph


def _pushed(graph: Any, frame: Any) -> Iterator[Any]:
    from av.error import BlockingIOError as Hungry
    from av.error import EOFError as Done

    graph.push(frame)
    while True:
        try:
            yield graph.pull()
        except (Hungry, Done):
            return
