"""Make course_lib/data/digits_1d.npz: ten curves, each seen in many places, widths, tilts and noise.

    python tools/make_digits_1d.py            write the file and print its SHA-256
    python tools/make_digits_1d.py --check    compare the file in the package with what this script makes

A data set in the spirit of MNIST-1D (S. Greydanus and D. Kobak, arXiv:2011.14439), made after the
description in the paper: the shapes and the code are our own, so are its numbers. An example begins as the
curve of its class, given by 12 heights, and is

1. stretched to a random width and put at a random place on a long line of zeros,
2. multiplied by a random height, and tilted by a random slope,
3. covered with noise that is smooth (correlated over several points) and with noise that is not,
4. read off at 40 points.

So which heights a class has at a given point says little: a linear classifier does badly, and there is
much to overfit.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np

FILE = Path(__file__).resolve().parents[1] / "course_lib" / "data" / "digits_1d.npz"
SIZES = (2500, 500, 1000)  # to train, to validate, to test
SEED = 11
POINTS, FINE = 40, 5  # points of an example; positions in between, while it is made
UNIT = 24  # stored whole numbers a unit of height

# One curve a class: how far right of the middle the pen is on its way down the digit, by eye.
SHAPES = np.array(
    [
        [0, 3, 5, 6, 6, 6, 6, 6, 6, 5, 3, 0],  # 0: one long bow
        [-2, -1, 1, 4, 4, 0, 0, 0, 0, 0, 4, 4],  # 1: a nose, a stem, a foot
        [-3, 2, 5, 6, 5, 3, 0, -2, -4, -6, 2, 6],  # 2: a bow, a slope to the left, a foot
        [-2, 4, 6, 4, 0, 0, 4, 6, 6, 4, 0, -3],  # 3: two bows
        [5, 3, 1, -2, -5, -6, -2, 6, 5, 3, 3, 3],  # 4: a slope to the left, a bar, a stem
        [6, 2, -4, -4, -4, -2, 3, 6, 6, 4, 0, -4],  # 5: a roof, a stem, a bow
        [4, 0, -4, -6, -6, -6, 0, 4, 5, 3, -1, -4],  # 6: a stem on the left, a bow below
        [-6, 0, 6, 5, 4, 2, 1, 0, -1, -2, -3, -4],  # 7: a roof, a slope to the left
        [0, 4, 5, 4, 0, -4, -5, -3, 0, 4, 5, 2],  # 8: a wave
        [4, 0, -3, -3, 0, 4, 6, 6, 6, 5, 3, 0],  # 9: a bow to the left, a long bow to the right
    ],
    dtype=np.float64,
) / 6  # fmt: skip


def example(label: int, rng: np.random.Generator) -> np.ndarray:
    """Return one example of a class, shape (40,)."""
    fine = POINTS * FINE
    width = rng.uniform(0.4, 0.75) * fine
    start = rng.uniform(0, fine - width)
    at = (np.arange(fine) - start) / width * 11
    curve = np.interp(at, np.arange(12), SHAPES[label], left=0, right=0)
    curve = smooth(curve, FINE)
    height, tilt = 1 + 0.25 * rng.standard_normal(), 0.3 * rng.standard_normal()
    rough = smooth(rng.standard_normal(fine), 3 * FINE)
    noise = 0.2 * rough / rough.std() + 0.05 * rng.standard_normal(fine)
    whole = height * curve + tilt * np.linspace(-1, 1, fine) + noise
    return whole[FINE // 2 :: FINE]


def smooth(values: np.ndarray, width: int) -> np.ndarray:
    """Return the mean over a bell-shaped window."""
    window = np.hanning(2 * width + 1)
    return np.convolve(values, window / window.sum(), mode="same")


def make() -> dict[str, np.ndarray]:
    """Return all examples and labels; the classes take turns in a random order."""
    rng = np.random.default_rng(SEED)
    labels = np.concatenate([rng.permutation(10) for _ in range(sum(SIZES) // 10)])
    curves = np.stack([example(label, rng) for label in labels])
    stored = np.clip(np.round(curves * UNIT), -127, 127).astype(np.int8)
    return {"curves": stored, "labels": labels.astype(np.uint8)}


def main() -> None:
    """Write the file, or compare it with what is made here (``--check``)."""
    arrays = make()
    if "--check" in sys.argv[1:]:
        with np.load(FILE) as stored:
            # Another NumPy may round one value in a million the other way.
            same = all(
                np.mean(stored[name] != array) < 1e-4 and stored[name].shape == array.shape
                for name, array in arrays.items()
            )
        sys.exit(0 if same else f"{FILE} differs from what this script makes")
    np.savez_compressed(FILE, **arrays)  # entries carry no date: the same bytes every time
    print(hashlib.sha256(FILE.read_bytes()).hexdigest(), FILE.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
