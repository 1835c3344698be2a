"""What happens to a picture that is handed in a second time. Each edit takes RGB, uint8 and a generator."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.likeness_pictures import Pixels, Random

Edit = Callable[[Pixels, Random], Pixels]


def as_jpeg(picture: Pixels, quality: int) -> Pixels:
    """The picture after JPEG at this quality."""
    coded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1])


def cropped(picture: Pixels, random: Random) -> Pixels:
    """10 % less: from one side, of width and height anywhere, or from every side."""
    height, width = picture.shape[:2]
    tenth_y, tenth_x = height // 10, width // 10
    match int(random.integers(0, 3)):
        case 0:
            sides = [(tenth_y, 0, 0, 0), (0, tenth_y, 0, 0), (0, 0, tenth_x, 0), (0, 0, 0, tenth_x)]
            top, bottom, left, right = sides[int(random.integers(0, 4))]
        case 1:
            top, left = int(random.integers(0, tenth_y + 1)), int(random.integers(0, tenth_x + 1))
            bottom, right = tenth_y - top, tenth_x - left
        case _:
            top, bottom, left, right = tenth_y, tenth_y, tenth_x, tenth_x
    return np.ascontiguousarray(picture[top : height - bottom, left : width - right])


def turned(picture: Pixels, random: Random) -> Pixels:
    """3° one way or the other, corners filled white, black or grey, the sheet kept whole or its size kept."""
    height, width = picture.shape[:2]
    angle = 3.0 if random.random() < 0.5 else -3.0
    warp = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    size = width, height
    if random.random() < 0.5:
        cosine, sine = abs(warp[0, 0]), abs(warp[0, 1])
        size = int(height * sine + width * cosine), int(height * cosine + width * sine)
        warp[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    fill = [(255, 255, 255), (0, 0, 0), (128, 128, 128)][int(random.integers(0, 3))]
    return cv2.warpAffine(picture, warp, size, flags=cv2.INTER_LINEAR, borderValue=fill)


def mirrored(picture: Pixels, _random: Random) -> Pixels:
    """Left and right exchanged."""
    return np.ascontiguousarray(picture[:, ::-1])


def photographed(picture: Pixels, random: Random) -> Pixels:
    """Another photo of the sheet on a table: perspective, uneven and coloured light, blur, noise, JPEG 40."""
    height, width = picture.shape[:2]
    margin = random.uniform(0.0, 0.09)
    corners = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
    inward = np.array(((1, 1), (-1, 1), (-1, -1), (1, -1))) * (width, height)
    moved = corners + inward * (margin + random.uniform(0, 0.06, (4, 2)))
    warp = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    table = np.full(picture.shape, random.integers(30, 200, 3), np.uint8)
    if random.random() < 0.5:
        grain = cv2.resize(random.random((40, 6)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        table = np.clip(table + (grain[..., None] - 0.5) * 70, 0, 255).astype(np.uint8)
    cv2.warpPerspective(
        picture, warp, (width, height), dst=table, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    slope = random.uniform(-0.25, 0.25, 2)
    light = random.uniform(0.75, 1.1) * (1 + slope[0] * (x - 0.5) + slope[1] * (y - 0.5))
    cast = random.uniform(0.92, 1.08, 3)
    lit = 255 * (table / 255.0) ** random.uniform(0.85, 1.2) * light[..., None] * cast
    lit = cv2.GaussianBlur(lit, (0, 0), random.uniform(0.5, 1.2)) + random.normal(0, 3, lit.shape)
    return as_jpeg(np.clip(lit, 0, 255).astype(np.uint8), 40)


def framed(picture: Pixels, random: Random) -> Pixels:
    """A frame of 4 to 10 % of the long side, plain or with an inner line."""
    side = int(max(picture.shape[:2]) * random.uniform(0.04, 0.1))
    colour = [int(value) for value in random.integers(0, 256, 3)]
    wide = cv2.copyMakeBorder(picture, side, side, side, side, cv2.BORDER_CONSTANT, value=colour)
    if random.random() < 0.4:
        line = [int(value) for value in random.integers(0, 256, 3)]
        at = side // 2
        cv2.rectangle(wide, (at, at), (wide.shape[1] - at, wide.shape[0] - at), line, max(2, side // 6))
    return wide


def signed(picture: Pixels, random: Random) -> Pixels:
    """A name and a year in a corner."""
    signed_picture = picture.copy()
    height, width = picture.shape[:2]
    colour = [int(value) for value in random.integers(0, 120, 3)]
    x = int(width * random.choice([0.03, 0.62]))
    y = int(height * random.choice([0.08, 0.95]))
    scale = width / 700
    words = f"Li Ming {random.integers(2000, 2030)}"
    cv2.putText(signed_picture, words, (x, y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.2 * scale, colour, 3, cv2.LINE_AA)
    return signed_picture


def halved(picture: Pixels, _random: Random) -> Pixels:
    """Half the width and height."""
    return cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


EDITS: dict[str, Edit] = {
    "crop of 10 %": cropped,
    "3° turn": turned,
    "mirror": mirrored,
    "another photo": photographed,
    "frame": framed,
    "signature": signed,
    "half size": halved,
}
