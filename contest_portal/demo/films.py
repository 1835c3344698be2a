"""Films for the demo: a title, chapters with pictures and captions, soft music. MP4 that every browser plays."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from contest_portal.core.pdf import chinese_font_file
from contest_portal.demo import prose
from contest_portal.demo.scenes import THEMES

WIDTH, HEIGHT = 1280, 720
FRAMES_A_SECOND = 1
SAMPLES_A_SECOND = 16_000
LONGEST_SECONDS = 600
_CHAPTERS = {
    "我们的发现": prose.BACKGROUND,
    "提出问题": prose.BACKGROUND,
    "设计实验": prose.METHODS,
    "动手验证": prose.METHODS,
    "观察记录": prose.LOG,
    "分析数据": prose.RESULTS,
    "得出结论": prose.CONCLUSIONS,
    "我们的收获": prose.FEELINGS,
}

Planes = NDArray[np.uint8]


def make_film(seed: int, title: str, seconds: int, subject: str = "") -> bytes:
    """An MP4 (H.264, AAC) of 1,280 × 720 pixels lasting `seconds` (at most 600), under 6 MB; no person is named.

    One picture a second: enough for captions and a moving bar, and quick to make.
    """
    rng = Random(f"film {seed}")  # noqa: S311  a picture's choice, no secret
    seconds = min(seconds, LONGEST_SECONDS)
    slides = list(_slides(rng, title, subject or title, max(8, seconds // 14)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"  # a real file: putting the index first means going back to the start
        with (
            av.open(str(path), "w", options={"movflags": "+faststart"}) as container,
            av.open(io.BytesIO(_music()), "r") as music,
        ):
            options = {"preset": "ultrafast", "qp": "32", "threads": "1"}  # a fixed qp leaves still pictures alone
            video = container.add_stream("libx264", rate=FRAMES_A_SECOND, options=options)
            video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            video.gop_size = 60  # near enough for seeking: the site packs such a film anew instead of encoding it
            audio = container.add_stream_from_template(music.streams.audio[0])
            for index in range(seconds * FRAMES_A_SECOND):
                planes = slides[index * len(slides) // (seconds * FRAMES_A_SECOND)]
                planes[HEIGHT - 8 : HEIGHT, : WIDTH * (index + 1) // (seconds * FRAMES_A_SECOND)] = 200
                frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
                frame.pts, frame.time_base = index, Fraction(1, FRAMES_A_SECOND)
                container.mux(video.encode(frame))
            container.mux(video.encode())
            for packet in _repeated(music, seconds):
                packet.stream = audio
                container.mux(packet)
        return path.read_bytes()


def _repeated(music: InputContainer, seconds: int) -> Iterator[av.Packet[av.AudioStream]]:
    """The music's packets again and again until `seconds` are full."""
    start = 0
    while True:
        music.seek(0)
        end = start
        for packet in music.demux(audio=0):
            if packet.pts is None or packet.duration is None:
                continue
            if (start + packet.pts) * packet.time_base >= seconds:
                return
            packet.pts = packet.dts = start + max(packet.pts, 0)
            end = packet.pts + packet.duration
            yield packet
        start = end


def _slides(rng: Random, title: str, subject: str, count: int) -> Iterator[Planes]:
    """The pictures one after another, as planes of YUV 4:2:0."""
    sheet = THEMES[rng.choice(sorted(THEMES))](rng, "star").image.reduce(2)
    sheets = (sheet, ImageOps.mirror(sheet))
    names = list(_CHAPTERS)
    chapters = [names[at] for at in sorted(rng.sample(range(len(names)), min(len(names), max(4, count // 3))))]
    for index in range(count):
        chapter = chapters[index * len(chapters) // count]
        slide = _cropped(rng, sheets[index % 2])
        if index == 0:
            _card(slide, title)
        elif index % 3 == 2:
            _chart(rng, slide, chapter)
        else:
            _caption(slide, chapter, prose.filled(rng, rng.choice(_CHAPTERS[chapter]), subject))
        yield av.VideoFrame.from_image(slide).to_ndarray(format="yuv420p")


def _cropped(rng: Random, sheet: Image.Image) -> Image.Image:
    """A part of the sheet, 16 : 9, now nearer and now farther."""
    width = round(sheet.width * rng.uniform(0.55, 1))
    height = width * HEIGHT // WIDTH
    left, top = rng.randint(0, sheet.width - width), rng.randint(0, sheet.height - height)
    return sheet.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, box=(left, top, left + width, top + height))


def _card(slide: Image.Image, title: str) -> None:
    draw = ImageDraw.Draw(slide, "RGBA")
    draw.rectangle((0, 230, WIDTH, 490), fill=(20, 28, 60, 190))
    size = min(76, 1120 // max(len(title), 1))
    draw.text((WIDTH / 2, 350), title, font=_font(size), fill="white", anchor="mm")
    draw.text((WIDTH / 2, 440), "青少年科学DV作品", font=_font(30), fill=(255, 226, 150), anchor="mm")


def _caption(slide: Image.Image, chapter: str, sentence: str) -> None:
    draw = ImageDraw.Draw(slide, "RGBA")
    draw.rounded_rectangle((40, 36, 84 + 38 * len(chapter), 104), 12, fill=(200, 60, 50, 225))
    draw.text((62, 70), chapter, font=_font(38), fill="white", anchor="lm")
    lines = _wrapped(sentence)
    draw.rectangle((0, HEIGHT - 52 - 52 * len(lines), WIDTH, HEIGHT - 8), fill=(10, 14, 30, 175))
    for number, line in enumerate(lines):
        draw.text(
            (WIDTH / 2, HEIGHT - 56 - 52 * (len(lines) - 1 - number)), line, font=_font(36), fill="white", anchor="mm"
        )


def _wrapped(sentence: str) -> list[str]:
    """Lines of about the same length, at most 30 letters; none begins with a mark that belongs to the one before."""
    length = math.ceil(len(sentence) / math.ceil(len(sentence) / 30))
    lines, rest = [], sentence
    while rest:
        cut = length
        while cut < len(rest) and rest[cut] in "，。；：、？！」":
            cut += 1
        lines.append(rest[:cut].strip())
        rest = rest[cut:]
    return lines


def _chart(rng: Random, slide: Image.Image, chapter: str) -> None:
    draw = ImageDraw.Draw(slide, "RGBA")
    draw.rounded_rectangle((190, 90, WIDTH - 190, HEIGHT - 90), 24, fill=(255, 252, 244, 235))
    draw.text((WIDTH / 2, 140), chapter, font=_font(40), fill=(40, 44, 70), anchor="mm")
    for k, base in enumerate(((63, 167, 214), (228, 87, 46), (89, 205, 144), (243, 167, 18), (142, 108, 201))):
        left, share = 280 + 150 * k, rng.uniform(0.2, 1)
        draw.rounded_rectangle((left, 540 - 330 * share, left + 90, 540), 8, fill=base)
        draw.text((left + 45, 575), f"第{k + 1}组", font=_font(28), fill=(40, 44, 70), anchor="mm")
        draw.text((left + 45, 520 - 330 * share), f"{share * 60:.1f}", font=_font(26), fill=(40, 44, 70), anchor="mm")
    draw.line((240, 541, WIDTH - 240, 541), fill=(40, 44, 70), width=4)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    path, index = chinese_font_file(bold=True)
    return ImageFont.truetype(path, size, index)


@cache
def _music() -> bytes:
    """Four slow soft chords as AAC, to be repeated. Made once: encoding is what a film's time would go into."""
    moments = np.arange(8 * SAMPLES_A_SECOND, dtype=np.float32) / SAMPLES_A_SECOND
    chords = ((261.63, 329.63, 392.0), (220.0, 261.63, 329.63), (174.61, 220.0, 261.63), (196.0, 246.94, 293.66))
    swell = 0.06 * np.sin(math.pi * moments / 8) ** 2
    phrase = [swell * sum(np.sin(math.tau * pitch * moments) for pitch in chord) for chord in chords]
    samples = np.concatenate(phrase).astype(np.float32)
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=SAMPLES_A_SECOND, layout="mono")
        stream.bit_rate = 24_000
        for start in range(0, samples.size - 1023, 1024):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = SAMPLES_A_SECOND, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()
