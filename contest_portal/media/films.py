"""Reading a film: length, codecs, size, sound, and whether it is whole. Runs in the sandbox (see probing.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from contest_portal.media.facts import FILM_PIXELS_LIMIT, FileFacts, Kind, Problem
from contest_portal.media.film_ends import is_all_there

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet

PACKETS_LOOKED_AT = 100_000
"""How many packets are read in search of one thing: 24 minutes of picture and sound; a hostile film has millions."""

_DEMUXERS = {Kind.MP4: "mov", Kind.MOV: "mov", Kind.AVI: "avi", Kind.MKV: "matroska", Kind.WMV: "asf"}
_LONGEST_SECONDS = 24 * 3600  # no film is longer: a picture that stands for years is a forged table
_TAIL = 0.95  # share of the length from which the film is read to its end
_SHORTFALL_SECONDS, _SHORTFALL_SHARE = 2.0, 0.1  # less is rounding and the tracks' different ends
_LISTENED_AT = (0.02, 0.2, 0.4, 0.6, 0.8)  # shares of the length
_LISTENED_SECONDS = 2.0
_AUDIBLE = 0.001  # of full scale: -60 dB


def open_film(file: BinaryIO, kind: Kind) -> InputContainer:
    """The film's container, through our own file: it can open nothing else, on the disk or the network."""
    import av

    container = av.open(file, "r", format=_DEMUXERS[kind], metadata_errors="replace")
    for stream in container.streams.video:
        stream.codec_context.thread_count = 1  # threads would multiply the memory
    return container


def rotation_of(frame: Any) -> int:
    """Degrees, counter-clockwise, by which a frame is to be turned before it is shown: 0, 90, 180 or 270."""
    return round(frame.rotation / 90) * 90 % 360


def probe_film(path: Path, facts: FileFacts) -> FileFacts:
    """Length, codecs, size, frame rate, sound.

    Damaged when its start or its end cannot be decoded, bytes are missing, or it ends long before it says it does.
    """
    damaged = replace(facts, damaged=True, problem=Problem.FILM_DAMAGED)
    whole = is_all_there(path, facts.kind)
    try:
        with path.open("rb") as file, open_film(file, facts.kind) as container:
            facts = _film_facts(container, facts)
            damaged = replace(facts, damaged=True, problem=Problem.FILM_DAMAGED)
            if not whole:
                return damaged
            if facts.video_codec is None:
                return replace(facts, problem=Problem.FILM_WITHOUT_PICTURE)
            if not facts.width or not facts.height:
                return damaged
            if facts.width * facts.height > FILM_PIXELS_LIMIT:
                return replace(facts, problem=Problem.FILM_TOO_LARGE)
            frame = _first_frame(container)
            if frame is None:
                return damaged
            if rotation_of(frame) in {90, 270}:
                facts = replace(facts, width=facts.height, height=facts.width)
            facts = _with_its_end(facts, _tail(container))
            return facts if facts.problem else replace(facts, silent=_is_silent(container))
    except MemoryError:
        return replace(facts, problem=Problem.TOOK_TOO_MUCH)
    except Exception:  # noqa: BLE001  a decoder may raise anything at hostile bytes
        return damaged


def _film_facts(container: InputContainer, facts: FileFacts) -> FileFacts:
    audio = container.streams.audio[0] if container.streams.audio else None
    claimed = container.duration
    facts = replace(
        facts,
        audio_codec=audio.codec_context.name if audio else None,
        duration_seconds=round(claimed / 1_000_000, 3) if claimed and claimed > 0 else None,
    )
    if not container.streams.video:
        return facts
    video = container.streams.video[0]
    width, height = video.codec_context.width, video.codec_context.height
    ratio = video.sample_aspect_ratio
    if ratio:
        width = round(width * ratio)
    rate = video.average_rate
    return replace(
        facts,
        video_codec=video.codec_context.name,
        width=width,
        height=height,
        frame_rate=round(float(rate), 3) if rate else None,
    )


def _first_frame(container: InputContainer) -> Any:
    video = container.streams.video[0]
    for count, packet in enumerate(container.demux()):
        if packet.stream is video:
            for frame in packet.decode():
                return frame
        if count > PACKETS_LOOKED_AT:
            break
    return None


@dataclass(frozen=True)
class _Tail:
    """What the last part of a film is: `shows` a frame; `ends_at` in seconds, None where the end was not reached."""

    shows: bool
    ends_at: float | None


def _tail(container: InputContainer) -> _Tail:
    """The film's last part, read packet by packet; the whole film where its length is not stated."""
    video = container.streams.video[0]
    container.seek(int((container.duration or 0) * _TAIL) if (container.duration or 0) > 0 else 0)
    starts_at = (container.start_time or 0) / 1_000_000
    shows, last = False, 0.0
    for count, packet in enumerate(container.demux()):
        if not shows and packet.stream is video:
            shows = any(True for _ in packet.decode())
        last = max(last, _end_of(packet) - starts_at)
        if count > PACKETS_LOOKED_AT:
            return _Tail(shows, None)
    return _Tail(shows, last)


def _end_of(packet: Packet) -> float:
    at = packet.pts if packet.pts is not None else packet.dts
    if at is None or packet.is_discard:
        return 0.0
    return float((at + (packet.duration or 0)) * packet.time_base)


def _with_its_end(facts: FileFacts, tail: _Tail) -> FileFacts:
    """The facts with the length that is really there, where that is not the one the film claims."""
    if not tail.shows:
        return replace(facts, damaged=True, problem=Problem.FILM_DAMAGED)
    claimed = facts.duration_seconds
    real = tail.ends_at or claimed
    if real is None:
        return facts
    if claimed is None or abs(real - claimed) > max(_SHORTFALL_SECONDS, claimed * _SHORTFALL_SHARE):
        facts = replace(facts, duration_seconds=round(real, 3))
    if (facts.duration_seconds or 0) > _LONGEST_SECONDS:
        return replace(facts, damaged=True, problem=Problem.FILM_DAMAGED)
    if claimed is not None and facts.duration_seconds != claimed and real < claimed:
        return replace(facts, claimed_seconds=claimed, damaged=True, problem=Problem.FILM_SHORTER)
    return facts


def _is_silent(container: InputContainer) -> bool:
    """Whether there is no sound, or none above -60 dB in five places of two seconds each. In doubt it is not silent."""
    import av

    if not container.streams.audio:
        return True
    length = max(container.duration or 0, 0)
    try:
        for share in _LISTENED_AT if length else (0.0,):
            container.seek(int(length * share))
            if _is_heard(container):
                return False
    except (av.FFmpegError, ValueError, TypeError):
        return False
    return True


def _is_heard(container: InputContainer) -> bool:
    import av
    import numpy as np

    audio = container.streams.audio[0]
    plain = av.AudioResampler(format="fltp")
    heard_seconds = 0.0
    for count, packet in enumerate(container.demux()):
        for frame in packet.decode() if packet.stream is audio else ():
            for part in plain.resample(frame):  # type: ignore[arg-type]  # of a sound track come sound frames
                if part.samples and float(np.abs(part.to_ndarray()).max()) > _AUDIBLE:
                    return True
                heard_seconds += part.samples / max(part.sample_rate, 1)
        if heard_seconds > _LISTENED_SECONDS or count > PACKETS_LOOKED_AT:
            break
    return False
