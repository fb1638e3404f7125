"""The sample: every sort nearly as often as any other, alone and together with others."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from engine.robustness.halton import sample


@pytest.mark.parametrize("points", [1, 2, 10, 997, 5_000, 100_000])
@pytest.mark.parametrize("lines", [1, 2, 65])
def test_every_sort_nearly_as_often_as_any_other(points: int, lines: int) -> None:
    sizes = [2 + line % 5 for line in range(lines)]
    found = sample(points, sizes, 0)
    assert found.shape == (lines, points)
    for line, size in zip(found, sizes, strict=True):
        assert line.max() < size
        # Points that are drawn by lot lie within three times their root.
        assert abs(np.bincount(line, minlength=size) - points / size).max() <= 1 + 1.5 * points**0.5


def test_of_more_sizes_than_points_each_sort_as_often_as_any_other() -> None:
    """There a single digit tells all points apart."""
    found = sample(60, [2, 3, 4, 5] * 500, 0)
    for line, size in zip(found[20:], [2, 3, 4, 5] * 495, strict=True):
        assert np.bincount(line, minlength=size).tolist() == [60 // size] * size
    assert len(np.unique(found[20::4], axis=0)) == 495


@pytest.mark.parametrize(("points", "most"), [(1_000, 0.14), (10_000, 0.04), (100_000, 0.011)])
def test_every_pair_of_sorts(points: int, most: float) -> None:
    found = sample(points, [2] * 65, 1).astype(np.float32) * 2 - 1
    together = found @ found.T / points
    np.fill_diagonal(together, 0)
    assert np.abs(together).max() < most
    # On the whole better than by lot, of which the mean square is one in so many points.
    assert (together**2).mean() < 0.9 / points


@pytest.mark.parametrize("several", [3, 4])
def test_no_three_or_four_rise_and_fall_together(several: int) -> None:
    """What a lattice does not keep: of many coordinates a few always do there."""
    points = 4_000
    found = sample(points, [2] * 24, 1).astype(np.int8) * 2 - 1
    for some in combinations(range(24), several):
        assert abs(int(np.prod(found[list(some)], axis=0).sum())) / points < 0.09


def test_another_seed_shuffles_otherwise() -> None:
    sizes = [2, 3, 4] * 5
    assert np.array_equal(sample(100, sizes, 7), sample(100, sizes, 7))
    assert not np.array_equal(sample(100, sizes, 7), sample(100, sizes, 8))


def test_the_same_everywhere() -> None:
    """Integers and a frozen generator: no processor and no library gives other points."""
    assert sample(8, [2, 3, 5], 0).tolist() == [
        [1, 0, 1, 0, 1, 0, 1, 0],
        [2, 1, 0, 2, 1, 0, 2, 1],
        [1, 3, 4, 0, 2, 1, 3, 4],
    ]
