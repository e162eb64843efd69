"""Make course_lib/data/digits.npz from scikit-learn's copy of the UCI handwritten digits.

Run it in an environment that has scikit-learn (the course itself needs none)::

    python tools/make_digits.py            write the file and print its SHA-256
    python tools/make_digits.py --check    compare the file in the package with the source

The file holds three arrays: ``images`` (1797, 64) and ``labels`` (1797,), in the order of the source,
and ``order`` (1797,), the fixed split: its first 1,000 numbers are the training images, the next 297
the validation images, the last 500 the test images. The order is stored, not drawn when the file is
loaded, so a new version of NumPy can't move an image from one part to another.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

FILE = Path(__file__).resolve().parents[1] / "course_lib" / "data" / "digits.npz"
SIZES = (1000, 297, 500)
SEED = 20


def stratified_order(labels: np.ndarray) -> np.ndarray:
    """Return an order in which every stretch has the classes in nearly equal shares.

    Within a class the images are shuffled (in the source, one writer's digits stand together); image
    ``k`` of a class of ``n`` is then placed at ``(k + u) / n`` of the way, with one ``u`` a class.
    """
    rng = np.random.default_rng(SEED)
    keys = rng.random(labels.size)
    place = np.empty(labels.size)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        members = members[np.argsort(keys[members], kind="stable")]
        place[members] = (np.arange(members.size) + rng.random()) / members.size
    return np.argsort(place, kind="stable")


def main() -> None:
    """Write the file, or compare it with the source (``--check``)."""
    source = load_digits()
    arrays = {
        "images": source.data.astype(np.uint8),
        "labels": source.target.astype(np.uint8),
        "order": stratified_order(source.target).astype(np.uint16),
    }
    if not np.array_equal(arrays["images"], source.data):
        sys.exit("the source has values that are not whole numbers from 0 to 255")
    if "--check" in sys.argv[1:]:
        with np.load(FILE) as stored:
            same = all(np.array_equal(stored[name], array) for name, array in arrays.items())
        sys.exit(0 if same else f"{FILE} differs from the source")
    np.savez_compressed(FILE, **arrays)  # entries carry no date: the same bytes every time
    print(hashlib.sha256(FILE.read_bytes()).hexdigest(), FILE.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
