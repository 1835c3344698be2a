"""Base pictures for the measurement of likeness: drawn by different procedures, and photographs that packages carry.

Every procedure takes a generator of random numbers and gives RGB, uint8. The same seed gives the same pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Random = np.random.Generator
Procedure = Callable[[Random], Pixels]
PHOTOGRAPHS = (
    ("skimage", "data/*.png"),
    ("skimage", "data/*.jpg"),
    ("sklearn", "datasets/images/*.jpg"),
    ("mahotas", "demos/data/*.jpg"),
)
_NO_PHOTOGRAPHS = {
    "motorcycle_right",
    "logo",
    "phantom",
    "horse",
    "text",
    "chessboard_RGB",
    "chessboard_GRAY",
    "multipage",
}
_SMALLEST_TILE = 200


def _paper(random: Random, *, white: bool = False) -> Pixels:
    """An empty sheet in one of the usual proportions, on white or light paper."""
    long_side = int(random.integers(700, 1000))
    short_side = int(long_side * random.choice([0.67, 0.707, 0.75, 0.8]))
    height, width = (short_side, long_side) if random.random() < 0.75 else (long_side, short_side)
    colour = (255, 255, 255) if white else random.integers(225, 256, 3)
    return np.full((height, width, 3), colour, np.uint8)


def _colour(random: Random) -> tuple[int, int, int]:
    hue, saturation, value = random.integers(0, 180), random.integers(90, 256), random.integers(60, 256)
    rgb = cv2.cvtColor(np.array([[[hue, saturation, value]]], np.uint8), cv2.COLOR_HSV2RGB)[0, 0]
    return int(rgb[0]), int(rgb[1]), int(rgb[2])


def _shape(sheet: Pixels, random: Random, x: float, y: float, radius: float) -> None:
    """A circle, box, polygon or star about (x, y), filled or as a line."""
    colour, at = _colour(random), (int(x), int(y))
    thickness = -1 if random.random() < 0.75 else int(random.integers(2, 9))
    match int(random.integers(0, 4)):
        case 0:
            cv2.circle(sheet, at, max(2, int(radius)), colour, thickness, cv2.LINE_AA)
        case 1:
            axes = max(2, int(radius)), max(2, int(radius * random.uniform(0.4, 1)))
            cv2.ellipse(sheet, at, axes, float(random.uniform(0, 180)), 0, 360, colour, thickness, cv2.LINE_AA)
        case 2:
            corners = cv2.boxPoints(
                ((x, y), (radius * 2, radius * random.uniform(0.6, 2)), float(random.uniform(0, 90)))
            )
            _polygon(sheet, corners, colour, thickness)
        case _:
            _polygon(sheet, _star(random, x, y, radius), colour, thickness)


def _star(random: Random, x: float, y: float, radius: float) -> Any:
    points = int(random.integers(3, 8))
    inner = random.uniform(0.4, 1.0)
    turns = np.arange(2 * points) * np.pi / points + random.uniform(0, 2 * np.pi)
    length = radius * np.where(np.arange(2 * points) % 2, inner, 1.0)
    return np.stack((x + length * np.cos(turns), y + length * np.sin(turns)), axis=1)


def _polygon(sheet: Pixels, corners: Any, colour: tuple[int, int, int], thickness: int = -1) -> None:
    points = [np.rint(corners).astype(np.int32)]
    if thickness < 0:
        cv2.fillPoly(sheet, points, colour, cv2.LINE_AA)
    else:
        cv2.polylines(sheet, points, True, colour, thickness, cv2.LINE_AA)


def shapes(random: Random) -> Pixels:
    """Eight to forty shapes anywhere."""
    sheet = _paper(random)
    height, width = sheet.shape[:2]
    for _ in range(int(random.integers(8, 40))):
        radius = random.uniform(0.02, 0.16) * width
        _shape(sheet, random, random.uniform(0, width), random.uniform(0, height), radius)
    return sheet


def few_shapes(random: Random) -> Pixels:
    """A small child's painting: two to four large shapes."""
    sheet = _paper(random)
    height, width = sheet.shape[:2]
    for _ in range(int(random.integers(2, 5))):
        radius = random.uniform(0.1, 0.28) * width
        _shape(sheet, random, random.uniform(0.15, 0.85) * width, random.uniform(0.15, 0.85) * height, radius)
    return sheet


def nearly_empty(random: Random) -> Pixels:
    """One small drawing somewhere on a white sheet."""
    sheet = _paper(random, white=True)
    height, width = sheet.shape[:2]
    x, y = random.uniform(0.25, 0.75) * width, random.uniform(0.25, 0.75) * height
    for _ in range(int(random.integers(1, 4))):
        spread = random.uniform(-0.05, 0.05, 2) * width
        _shape(sheet, random, x + spread[0], y + spread[1], random.uniform(0.03, 0.08) * width)
    if random.random() < 0.5:
        _stroke(sheet, random, (x, y), 0.2 * width, _colour(random), int(random.integers(2, 6)))
    return sheet


def _stroke(
    sheet: Pixels, random: Random, start: tuple[float, float], length: float, colour: tuple[int, int, int], width: int
) -> None:
    """A line as a hand draws it, its direction wandering."""
    count = 24
    direction = random.uniform(0, 2 * np.pi) + np.cumsum(random.normal(0, 0.3, count))
    steps = np.stack((np.cos(direction), np.sin(direction)), axis=1) * length / count
    line = np.array(start) + np.cumsum(steps, axis=0)
    cv2.polylines(sheet, [np.rint(line).astype(np.int32)], False, colour, width, cv2.LINE_AA)


def crayon(random: Random) -> Pixels:
    """Patches hatched with a waxy, broken line, on paper with a grain."""
    sheet = _paper(random)
    height, width = sheet.shape[:2]
    layer = sheet.copy()
    for _ in range(int(random.integers(4, 12))):
        colour, direction = _colour(random), random.uniform(0, np.pi)
        x, y = random.uniform(0.05, 0.95) * width, random.uniform(0.05, 0.95) * height
        across, along = random.uniform(0.05, 0.2) * width, random.uniform(0.05, 0.2) * width
        for offset in np.arange(-across, across, random.uniform(5, 11)):
            middle = np.array((x - np.sin(direction) * offset, y + np.cos(direction) * offset))
            reach = np.array((np.cos(direction), np.sin(direction))) * along * random.uniform(0.7, 1.1)
            ends = np.rint([middle - reach + random.normal(0, 4, 2), middle + reach + random.normal(0, 4, 2)])
            cv2.polylines(layer, [ends.astype(np.int32)], False, colour, int(random.integers(3, 8)), cv2.LINE_AA)
    for _ in range(int(random.integers(5, 20))):
        start = random.uniform(0, width), random.uniform(0, height)
        _stroke(layer, random, start, random.uniform(0.2, 0.6) * width, _colour(random), int(random.integers(3, 9)))
    grain = cv2.GaussianBlur(random.random((height, width)).astype(np.float32), (0, 0), 1.0)
    wax = (grain > np.quantile(grain, 0.25))[..., None]
    return np.where(wax, layer, sheet).astype(np.uint8)


def scene(random: Random) -> Pixels:
    """House, tree, sun, clouds, fence: the layout that hundreds of children choose."""
    sheet = _paper(random, white=True)
    height, width = sheet.shape[:2]
    horizon = int(height * random.uniform(0.58, 0.68))
    sheet[:horizon] = np.array((150, 205, 245)) + random.integers(-10, 11, 3)
    sheet[horizon:] = np.array((95, 180, 80)) + random.integers(-15, 16, 3)
    sun = int(width * random.choice([0.12, 0.86])), int(height * 0.15)
    cv2.circle(sheet, sun, int(width * random.uniform(0.05, 0.08)), (250, 210, 40), -1, cv2.LINE_AA)
    for angle in np.arange(0, 2 * np.pi, np.pi / 6):
        ray = np.array((np.cos(angle), np.sin(angle))) * width * 0.11
        cv2.line(sheet, sun, (int(sun[0] + ray[0]), int(sun[1] + ray[1])), (250, 180, 40), 4, cv2.LINE_AA)
    for _ in range(int(random.integers(1, 4))):
        _cloud(sheet, random.uniform(0.2, 0.8) * width, random.uniform(0.1, 0.25) * height, width * 0.035)
    _house(sheet, random, width * random.uniform(0.25, 0.5), horizon + height * random.uniform(-0.02, 0.1), width * 0.2)
    for _ in range(int(random.integers(1, 4))):
        _tree(
            sheet, random, width * random.uniform(0.05, 0.95), horizon + height * random.uniform(0, 0.15), width * 0.07
        )
    for _ in range(int(random.integers(0, 10))):
        _flower(sheet, _colour(random), random.uniform(0, width), random.uniform(horizon + 0.15 * height, height), 12)
    if random.random() < 0.5:
        for x in range(0, width, int(width * 0.045)):
            _polygon(
                sheet,
                np.array(((x, height), (x, height * 0.9), (x + 9, height * 0.88), (x + 18, height))),
                (160, 110, 60),
            )
    return sheet


def _cloud(sheet: Pixels, x: float, y: float, size: float) -> None:
    for place, lift in ((-1.2, 0.2), (0, -0.3), (1.2, 0.2), (0, 0.3)):
        cv2.circle(sheet, (int(x + place * size), int(y + lift * size)), int(size), (255, 255, 255), -1, cv2.LINE_AA)


def _house(sheet: Pixels, random: Random, x: float, bottom: float, size: float) -> None:
    height = size * random.uniform(0.7, 1.1)
    box = np.array(((x, bottom), (x, bottom - height), (x + size, bottom - height), (x + size, bottom)))
    _polygon(sheet, box, _colour(random))
    roof = np.array(
        ((x - size * 0.1, bottom - height), (x + size / 2, bottom - height * 1.6), (x + size * 1.1, bottom - height))
    )
    _polygon(sheet, roof, _colour(random))
    for share in (0.15, 0.6):
        corner = np.array((x + size * share, bottom - height * 0.8))
        pane = corner + np.array(((0, 0), (0.25, 0), (0.25, 0.25), (0, 0.25))) * size
        _polygon(sheet, pane, (200, 230, 250))
        _polygon(sheet, pane, (60, 60, 60), 3)
    door = np.array(((0.4, 0), (0.4, 0.4), (0.6, 0.4), (0.6, 0))) * (size, -height) + (x, bottom)
    _polygon(sheet, door, _colour(random))


def _tree(sheet: Pixels, random: Random, x: float, bottom: float, size: float) -> None:
    trunk = np.array(((-0.2, 0), (-0.2, -1.6), (0.2, -1.6), (0.2, 0))) * size + (x, bottom)
    _polygon(sheet, trunk, (120, 80, 45))
    for place in ((-0.6, -1.8), (0.6, -1.8), (0, -2.5)):
        green = (int(random.integers(20, 80)), int(random.integers(110, 170)), int(random.integers(30, 80)))
        cv2.circle(sheet, (int(x + place[0] * size), int(bottom + place[1] * size)), int(size), green, -1, cv2.LINE_AA)


def _flower(sheet: Pixels, colour: tuple[int, int, int], x: float, y: float, size: float) -> None:
    for turn in np.arange(0, 2 * np.pi, np.pi / 3):
        petal = int(x + np.cos(turn) * size), int(y + np.sin(turn) * size)
        cv2.circle(sheet, petal, max(2, int(size * 0.6)), colour, -1, cv2.LINE_AA)
    cv2.circle(sheet, (int(x), int(y)), max(2, int(size * 0.5)), (250, 210, 60), -1, cv2.LINE_AA)


def motifs(random: Random) -> Pixels:
    """One motif again and again in a grid, as on wrapping paper: only order and colours differ."""
    sheet = _paper(random)
    height, width = sheet.shape[:2]
    columns, rows = int(random.integers(4, 8)), int(random.integers(3, 6))
    palette = [_colour(random) for _ in range(3)]
    for row in range(rows):
        for column in range(columns):
            x = (column + 0.5 + random.uniform(-0.15, 0.15)) * width / columns
            y = (row + 0.5 + random.uniform(-0.15, 0.15)) * height / rows
            _flower(sheet, palette[int(random.integers(0, 3))], x, y, width / columns * 0.22)
    return sheet


def space(random: Random) -> Pixels:
    """Rocket, planet and stars on dark paper: the science fantasy that every class paints."""
    sheet = _paper(random)
    height, width = sheet.shape[:2]
    shade = np.linspace(10, 70, height)[:, None, None] * np.array((0.4, 0.5, 1.2)) + random.integers(0, 25, 3)
    sheet[:] = np.clip(np.broadcast_to(shade, sheet.shape), 0, 255).astype(np.uint8)
    for _ in range(int(random.integers(20, 60))):
        at = int(random.integers(0, width)), int(random.integers(0, height))
        cv2.circle(sheet, at, int(random.integers(1, 5)), (255, 250, 200), -1, cv2.LINE_AA)
    planet = int(width * random.uniform(0.6, 0.85)), int(height * random.uniform(0.2, 0.8))
    radius = int(width * random.uniform(0.08, 0.15))
    cv2.circle(sheet, planet, radius, _colour(random), -1, cv2.LINE_AA)
    cv2.ellipse(sheet, planet, (int(radius * 1.6), radius // 3), -15, 0, 360, _colour(random), 6, cv2.LINE_AA)
    x, y, size = width * random.uniform(0.2, 0.45), height * random.uniform(0.3, 0.7), width * 0.09
    lean = random.uniform(-0.6, 0.6)
    turn = np.array(((np.cos(lean), -np.sin(lean)), (np.sin(lean), np.cos(lean))))
    body = np.array(((-0.5, 1.5), (-0.5, -1), (0, -2), (0.5, -1), (0.5, 1.5))) * size @ turn.T + (x, y)
    _polygon(sheet, body, _colour(random))
    for side in (-1, 1):
        _polygon(
            sheet,
            np.array(((side * 0.5, 0.6), (side * 1.2, 1.7), (side * 0.5, 1.5))) * size @ turn.T + (x, y),
            _colour(random),
        )
    cv2.circle(sheet, (int(x), int(y - size * 0.3)), int(size * 0.3), (200, 230, 255), -1, cv2.LINE_AA)
    return sheet


def texture(random: Random) -> Pixels:
    """Filtered noise: clouds, grain or wood, the same everywhere."""
    sheet = _paper(random)
    height, width = sheet.shape[:2]
    field = np.zeros((height, width), np.float32)
    weight = 1.0
    stretch = random.choice([1.0, 1.0, 4.0])
    for octave in range(int(random.integers(3, 6))):
        cells = int(4 * 2**octave * random.uniform(0.8, 1.3))
        coarse = random.random((max(2, cells), max(2, int(cells * stretch)))).astype(np.float32)
        field += weight * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        weight *= random.uniform(0.4, 0.9)
    field = (field - field.min()) / (field.max() - field.min())
    low, high = np.array(_colour(random)), np.array(_colour(random))
    return (low + (high - low) * field[..., None]).astype(np.uint8)


def pattern(random: Random) -> Pixels:
    """Bricks, checks or rings that look alike at every step, each piece in a shade of its own."""
    sheet = _paper(random)
    height, width = sheet.shape[:2]
    base, size = np.array(_colour(random)), int(random.integers(35, 110))
    if random.random() < 0.35:
        middle = int(width * random.uniform(0.3, 0.7)), int(height * random.uniform(0.3, 0.7))
        for radius in range(int(np.hypot(width, height)), 0, -size // 2):
            shade = np.clip(base + random.integers(-60, 61, 3), 0, 255)
            cv2.circle(sheet, middle, radius, [int(value) for value in shade], -1, cv2.LINE_AA)
        return sheet
    shift = size // 2 if random.random() < 0.5 else 0
    for row, y in enumerate(range(0, height, size)):
        for x in range(-size, width + size, size * 2):
            left = x + (shift * 2 if row % 2 else 0)
            shade = np.clip(base + random.integers(-45, 46, 3), 0, 255)
            cv2.rectangle(sheet, (left, y), (left + size * 2 - 5, y + size - 5), [int(value) for value in shade], -1)
    return sheet


def poster(random: Random) -> Pixels:
    """Lines of letters under a heading, with one or two shapes."""
    sheet = _paper(random)
    height, width = sheet.shape[:2]
    letters = list("ABCDEFGHIKLMNOPRSTUVWZ0123456789")
    heading = "".join(random.choice(letters, int(random.integers(5, 9))))
    cv2.putText(
        sheet,
        heading,
        (int(width * 0.1), int(height * 0.15)),
        cv2.FONT_HERSHEY_DUPLEX,
        2.4,
        _colour(random),
        5,
        cv2.LINE_AA,
    )
    for y in range(int(height * 0.25), int(height * 0.7), 42):
        words = "".join(random.choice([*letters, " ", " ", " "], int(random.integers(14, 30))))
        cv2.putText(sheet, words, (int(width * 0.1), y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (40, 40, 40), 2, cv2.LINE_AA)
    for _ in range(int(random.integers(1, 3))):
        _shape(sheet, random, random.uniform(0.2, 0.8) * width, height * 0.83, width * random.uniform(0.05, 0.1))
    return sheet


def template_group(draw: Procedure, random: Random, how_many: int) -> list[Pixels]:
    """One drawing again by the same template: coloured otherwise, drawn again by another hand, with other things in it."""
    seed = int(random.integers(0, 2**31))
    group = [draw(np.random.default_rng(seed))]
    while len(group) < how_many:
        again, number = draw(np.random.default_rng(seed)), len(group) - 1
        if number % 3 == 0:
            # Two colourings of a group lie at least a sixth of the circle apart: nearly equal ones would be one sheet.
            group.append(_recoloured(again, 45 * (1 + number // 3 % 3) + int(random.integers(-7, 8))))
        else:
            group.append((_by_another_hand if number % 3 == 1 else _with_other_things)(again, random))
    return group


def _recoloured(picture: Pixels, turn: int) -> Pixels:
    """Every colour moves round by `turn` of 180 steps."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(int)
    hsv[..., 0] = (hsv[..., 0] + turn) % 180
    return cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)


def _by_another_hand(picture: Pixels, random: Random) -> Pixels:
    """Every line runs elsewhere by some hundredths of the sheet, as when a pupil draws after another's picture."""
    height, width = picture.shape[:2]
    bend = (random.random((2, 6, 6)).astype(np.float32) - 0.5) * 0.16 * width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    shift = [cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in bend]
    again = cv2.remap(picture, x + shift[0], y + shift[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    for _ in range(3):
        at = random.uniform(0.1, 0.9, 2) * (width, height)
        _shape(again, random, at[0], at[1], random.uniform(0.03, 0.08) * width)
    return again


def _with_other_things(picture: Pixels, random: Random) -> Pixels:
    """Six things stand where nothing was, or where something else was."""
    again = _recoloured(picture, int(random.integers(50, 130))) if random.random() < 0.5 else picture.copy()
    height, width = again.shape[:2]
    for _ in range(6):
        x, y = random.uniform(0.1, 0.9) * width, random.uniform(0.1, 0.9) * height
        _shape(again, random, x, y, random.uniform(0.05, 0.12) * width)
    return again


PROCEDURES: dict[str, Procedure] = {
    "shapes": shapes,
    "few shapes": few_shapes,
    "nearly empty": nearly_empty,
    "crayon": crayon,
    "scene": scene,
    "motifs": motifs,
    "space": space,
    "texture": texture,
    "pattern": pattern,
    "poster": poster,
}


def photographs() -> Iterator[tuple[str, Pixels]]:
    """The photographs of installed packages, whole where they are small, else in pieces that do not overlap."""
    for package, names in PHOTOGRAPHS:
        found = find_spec(package)
        if found is None or not found.submodule_search_locations:
            continue
        for path in sorted(Path(found.submodule_search_locations[0]).glob(names)):
            picture = None if path.stem in _NO_PHOTOGRAPHS else cv2.imread(str(path), cv2.IMREAD_COLOR)
            if picture is None or min(picture.shape[:2]) < _SMALLEST_TILE:
                continue
            pixels = np.ascontiguousarray(picture[..., ::-1])
            if min(pixels.shape[:2]) < 2 * _SMALLEST_TILE:
                yield path.stem, pixels
                continue
            middle_y, middle_x = pixels.shape[0] // 2, pixels.shape[1] // 2
            for number, rows in enumerate((slice(0, middle_y), slice(middle_y, None))):
                for other, columns in enumerate((slice(0, middle_x), slice(middle_x, None))):
                    yield f"{path.stem}-{number}{other}", np.ascontiguousarray(pixels[rows, columns])


def base_pictures(seed: int, count: int) -> dict[str, Pixels]:
    """`count` different pictures by name: a share of each procedure, groups of one template, and photographs.

    Tuning and held-out sets differ by their seed; photographs are dealt to even and odd seeds.
    """
    chosen: dict[str, Pixels] = {}
    for number, (name, pixels) in enumerate(photographs()):
        if number % 2 == seed % 2 and len(chosen) < count // 5:
            chosen[f"photograph {name}"] = pixels
    for number, draw in enumerate((scene, crayon, space, few_shapes, motifs, shapes)):
        random = np.random.default_rng([seed, 1000 + number])
        for place, pixels in enumerate(template_group(draw, random, max(4, count // 60))):
            chosen[f"template {draw.__name__} {place}"] = pixels
    number = 0
    while len(chosen) < count:
        kind = list(PROCEDURES)[number % len(PROCEDURES)]
        chosen[f"{kind} {number}"] = PROCEDURES[kind](np.random.default_rng([seed, number]))
        number += 1
    return chosen
