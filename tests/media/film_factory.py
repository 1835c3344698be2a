"""Films for tests: four coloured quarters, a white square that moves, a tone; small, and made on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame

RED, GREEN, BLUE, GREY = (200, 40, 40), (40, 160, 60), (40, 60, 190), (120, 120, 120)
"""The quarters: top left, top right, bottom left, bottom right."""


def picture_of(width: int, height: int, share: float) -> np.ndarray:
    """The picture at that share of the film; the square stands at the same share of the lower edge."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = RED, GREEN
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = BLUE, GREY
    side = max(2, height // 8)
    left = int(share * (width - side))
    pixels[height - side :, left : left + side] = 255
    return pixels


def write_film(
    path: Path,
    *,
    seconds: float = 3,
    size: tuple[int, int] = (320, 180),
    rate: int = 10,
    codec: str = "libx264",
    sound: str | None = "stereo",
    sound_codec: str = "aac",
    options: Mapping[str, str] | None = None,
    metadata: Mapping[str, str] | None = None,
    times: list[float] | None = None,
    gop: int = 12,
) -> Path:
    """The film at `path`; its suffix decides the container. `times`: when each picture is shown, for uneven rates."""
    width, height = size
    form = {".wmv": "asf", ".mkv": "matroska"}.get(path.suffix)
    flags = {"movflags": "use_metadata_tags"} if metadata and path.suffix in {".mp4", ".mov"} else {}
    with av.open(str(path), "w", format=form, options=flags) as container:
        container.metadata.update(dict(metadata or {}))
        video: Any = container.add_stream(codec, rate=rate, options=dict(options or {}))
        video.width, video.height, video.pix_fmt, video.gop_size = width, height, "yuv420p", gop
        video.codec_context.colorspace = 5  # BT.601: how the pictures below become YUV
        if times is not None:
            video.codec_context.time_base = Fraction(1, 1000)
        piece: Any = container.add_stream(sound_codec, rate=44_100, layout=sound) if sound else None
        if piece is not None:
            piece.bit_rate = 128_000
        moments = times if times is not None else [number / rate for number in range(round(seconds * rate))]
        for number, at in enumerate(moments):
            frame = VideoFrame.from_ndarray(picture_of(width, height, at / seconds))
            clock = Fraction(1, 1000) if times is not None else Fraction(1, rate)
            frame.pts, frame.time_base = (round(at * 1000) if times is not None else number), clock
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if piece is not None:
            _write_tone(container, piece, seconds)
    return path


def _write_tone(container: Any, stream: Any, seconds: float) -> None:
    layout, rate = stream.codec_context.layout, 44_100
    form = av.AudioResampler(stream.codec_context.format, layout, rate)
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)).astype(np.float32)
    for start in range(0, tone.size - 1023, 1024):
        samples = np.tile(tone[start : start + 1024], (layout.nb_channels, 1))
        frame = av.AudioFrame.from_ndarray(samples, "fltp", layout.name)
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        for piece in form.resample(frame):
            container.mux(stream.encode(piece))
    container.mux(stream.encode())
