"""The rendition of a film that every browser plays and seeks in at once: H.264 and AAC in MP4, at most 720p.

Runs in the sandbox (see probing.py). The rendition is upright, has at most 30 pictures a second and a key frame every
two seconds, its index stands first, and no tag of the source is carried over: it may serve as a blind copy. A film
that is already of this kind is only packed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contest_portal.media.derivatives import Made
from contest_portal.media.facts import FILM_PIXELS_LIMIT, FILMS, Kind
from contest_portal.media.film_filters import SoundFilter, Turned, VideoFilter
from contest_portal.media.films import open_film, rotation_of
from contest_portal.media.pictures import NoPictureError
from contest_portal.media.signature import kind_of_file

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

Report = Callable[[int], None]

LONG_SIDE, SHORT_SIDE = 1280, 720
MOST_RATE = 30
KEY_FRAME_SECONDS = 2
THREADS = 2
CLOCK = Fraction(1, 90_000)
_ENCODING = {
    "preset": "veryfast",
    "crf": "23",
    "maxrate": "3500k",
    "bufsize": "7000k",
    "profile": "high",
    "forced-idr": "1",
    "threads": str(THREADS),
}
_PACKING = {"movflags": "+faststart", "fflags": "+bitexact"}

# What is packed anew instead of encoded. How long a seek takes is decided by the pictures from one key frame to the next.
_PLAIN_PROFILES = {"Baseline", "Constrained Baseline", "Main", "High"}
_PLAIN_PIXELS = {"yuv420p", "yuvj420p"}
_PLAIN_BITS_A_SECOND = 4_000_000
_PLAIN_PICTURES_BETWEEN_KEYS = 120


@dataclass(frozen=True)
class _Plan:
    """The source's streams by index, how it is turned, and when it begins; seconds."""

    video: int
    sound: int | None
    turned: Turned
    begins: float
    lasts: float
    is_plain: bool


def make_film_rendition(source: Path, target: Path, report: Report) -> Made:
    """Write the rendition; tells `report` the percent done. Raises NoPictureError."""
    kind = kind_of_file(source)
    if kind not in FILMS:
        raise NoPictureError(kind.value)
    with source.open("rb") as file, open_film(file, kind) as film:
        plan = _plan(film, kind, source.stat().st_size)
    with source.open("rb") as file, open_film(file, kind) as film:
        is_packed = plan.is_plain and _seeks_quickly(film, plan)
    import av

    with (
        source.open("rb") as file,
        open_film(file, kind) as film,
        av.open(str(target), "w", format="mp4", options=_PACKING) as made,
    ):
        if is_packed:
            _pack(film, made, plan, report)
        else:
            _encode(film, made, plan, report)
    return Made(plan.turned.width, plan.turned.height)


def _plan(film: InputContainer, kind: Kind, size_bytes: int) -> _Plan:
    video = _main_video(film)
    if video is None:
        raise NoPictureError("no picture")
    codec = video.codec_context
    if codec.width * codec.height > FILM_PIXELS_LIMIT:
        raise NoPictureError("too large")
    sound: Any = film.streams.best("audio")
    frame = next((frame for frame in _frames(film, video) if frame.width), None)
    if frame is None:
        raise NoPictureError("no frame")
    lasts = (film.duration or 0) / 1_000_000
    ratio = video.sample_aspect_ratio or Fraction(1)
    turn = rotation_of(frame)
    shown = (round(codec.width * ratio), codec.height)
    width, height = _fitted(*(shown if turn in {0, 180} else shown[::-1]))
    is_plain = (
        kind in {Kind.MP4, Kind.MOV}
        and codec.name == "h264"
        and codec.profile in _PLAIN_PROFILES
        and codec.pix_fmt in _PLAIN_PIXELS
        and (width, height) == (codec.width, codec.height)
        and turn == 0
        and not frame.interlaced_frame
        and 0 < (video.average_rate or 0) <= MOST_RATE + 1
        and lasts > 0
        and size_bytes * 8 / lasts <= _PLAIN_BITS_A_SECOND
        and (sound is None or (sound.codec_context.name == "aac" and sound.codec_context.layout.nb_channels <= 2))
    )
    return _Plan(
        video.index,
        sound.index if sound is not None else None,
        Turned(width, height, turn, is_interlaced=bool(frame.interlaced_frame)),
        max(film.start_time or 0, 0) / 1_000_000,
        lasts,
        is_plain,
    )


def _main_video(film: InputContainer) -> VideoStream | None:
    """The first stream that moves: a cover picture is a video stream too."""
    from av.stream import Disposition

    return next((one for one in film.streams.video if not one.disposition & Disposition.attached_pic), None)


def _fitted(width: int, height: int) -> tuple[int, int]:
    """The size within 1,280 × 720, or 720 × 1,280 for an upright film; even, and never enlarged."""
    share = min(1.0, LONG_SIDE / max(width, height, 1), SHORT_SIDE / max(min(width, height), 1))
    return max(2, round(width * share / 2) * 2), max(2, round(height * share / 2) * 2)


def _seeks_quickly(film: InputContainer, plan: _Plan) -> bool:
    since = 0
    for packet in film.demux(plan.video):
        since = 0 if packet.is_keyframe else since + 1
        if since > _PLAIN_PICTURES_BETWEEN_KEYS:
            return False
    return True


# --- Packing anew -----------------------------------------------------------------------------------------------------


def _pack(film: InputContainer, made: OutputContainer, plan: _Plan, report: Report) -> None:
    from av.bitstream import BitStreamFilterContext

    wanted = [film.streams[index] for index in (plan.video, plan.sound) if index is not None]
    streams = {one.index: _bare(made.add_stream_from_template(one)) for one in wanted}
    # Cameras write the moment and the place into messages beside the picture (SEI): left out.
    bare = BitStreamFilterContext("filter_units=remove_types=6", film.streams[plan.video], streams[plan.video])
    for packet in film.demux(wanted):
        if packet.size == 0:  # ends a stream
            continue
        if packet.pts is not None and packet.stream_index == plan.video:
            _tell(report, float(packet.pts * packet.time_base), plan)
        index = packet.stream_index
        for one in bare.filter(packet) if index == plan.video else [packet]:
            one.stream = streams[index]
            made.mux(one)
    for one in bare.filter(None):
        one.stream = streams[plan.video]
        made.mux(one)


def _bare(stream: Any) -> Any:
    stream.metadata.clear()
    return stream


# --- Encoding ---------------------------------------------------------------------------------------------------------


def _encode(film: InputContainer, made: OutputContainer, plan: _Plan, report: Report) -> None:
    source: Any = film.streams[plan.video]
    source.codec_context.thread_count = THREADS
    video = made.add_stream("libx264", rate=MOST_RATE, options=_ENCODING)
    video.width, video.height, video.pix_fmt = plan.turned.width, plan.turned.height, "yuv420p"
    video.codec_context.time_base = CLOCK
    video.codec_context.gop_size = MOST_RATE * KEY_FRAME_SECONDS
    video.codec_context.colorspace = video.codec_context.color_primaries = video.codec_context.color_trc = 1  # BT.709
    video.codec_context.color_range = 1
    pictures = _Pictures(plan, VideoFilter(plan.turned))
    sound = _Sound(made, film.streams[plan.sound], plan.begins) if plan.sound is not None else None
    for stream, frame in _decoded(
        film, [film.streams[index] for index in (plan.video, plan.sound) if index is not None]
    ):
        if sound is not None and stream.index == plan.sound:
            sound.take(frame)
            continue
        for one in pictures.of(frame):
            made.mux(video.encode(one))
        _tell(report, pictures.time, plan)
    for one in pictures.of(None):
        made.mux(video.encode(one))
    made.mux(video.encode())
    if sound is not None:
        sound.take(None)


def _tell(report: Report, seconds: float, plan: _Plan) -> None:
    if plan.lasts > 0:
        report(max(0, min(99, int(100 * (seconds - plan.begins) / plan.lasts))))


def _decoded(film: InputContainer, streams: list[Any]) -> Iterator[tuple[Any, Any]]:
    """(stream, frame) in the file's order. What cannot be decoded is left out: players go on there too."""
    from av.error import FFmpegError

    for packet in film.demux(streams):
        try:
            frames = packet.decode()
        except FFmpegError:
            continue
        for frame in frames:
            yield packet.stream, frame


def _frames(film: InputContainer, stream: Stream) -> Iterator[Any]:
    return (frame for _stream, frame in _decoded(film, [stream]))


class _Pictures:
    """Frames in the rendition's form and on its clock: at most 30 a second, each later than the one before."""

    def __init__(self, plan: _Plan, form: VideoFilter) -> None:
        self.time = 0.0
        self._begins, self._form = plan.begins, form
        self._next, self._last, self._key = 0.0, -1, -float(KEY_FRAME_SECONDS)

    def of(self, frame: Any) -> Iterator[Any]:
        for one in self._form.of(frame):
            at = one.time - self._begins if one.pts is not None else self.time + 1 / MOST_RATE
            stamp = round(at / CLOCK)
            # A rate of 50 or 60 loses every other picture, evenly: hence the tolerance of a quarter.
            if at < self._next - 0.25 / MOST_RATE or stamp <= self._last or stamp < 0:
                continue
            self.time, self._last = at, stamp
            self._next = at + 1 / MOST_RATE
            if at - self._key >= KEY_FRAME_SECONDS - 0.5 / MOST_RATE:
                one.pict_type, self._key = 1, at  # an I picture
            else:
                one.pict_type = 0  # whatever the source had it as
            one.pts, one.time_base = stamp, CLOCK
            yield one


class _Sound:
    """The sound as AAC, one or two channels."""

    def __init__(self, made: OutputContainer, source: Any, begins: float) -> None:
        codec = source.codec_context
        layout = "mono" if codec.layout.nb_channels == 1 else "stereo"
        rate = 44_100 if codec.sample_rate == 44_100 else 48_000
        self._made, self._begins, self._form = made, begins, SoundFilter(layout, rate)
        self._stream = made.add_stream("aac", rate=rate, layout=layout)
        self._stream.bit_rate = 96_000 if layout == "mono" else 128_000

    def take(self, frame: Any) -> None:
        for one in self._form.of(frame):
            if one.pts is not None:
                one.pts -= round(self._begins / one.time_base)
            self._made.mux(self._stream.encode(one))
        if frame is None:
            self._made.mux(self._stream.encode(None))
