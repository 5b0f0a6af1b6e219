"""Morphs, walks and directions against maths typed out again in NumPy."""

import numpy as np
import pytest
import torch

from training.codes import geometry as latent


def random_codes(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_slerp_turns_at_constant_speed_and_stays_on_the_sphere():
    a, b = torch.nn.functional.normalize(random_codes(2, 16), dim=1)
    t = torch.linspace(0, 1, 11, dtype=torch.float64)[:, None]
    path = latent.slerp(a, b, t)
    torch.testing.assert_close(path[0], a)
    torch.testing.assert_close(path[-1], b)
    torch.testing.assert_close(path.norm(dim=1), torch.ones(11, dtype=torch.float64))
    steps = (path[1:] * path[:-1]).sum(1).acos()
    torch.testing.assert_close(steps, steps.mean().expand(10))


def test_slerp_of_codes_off_the_sphere_moves_the_norm_linearly():
    a, b = 2 * torch.eye(2, dtype=torch.float64)[0], 6 * torch.eye(2, dtype=torch.float64)[1]
    middle = latent.slerp(a, b, 0.5)
    torch.testing.assert_close(middle, torch.full((2,), 4 / 2**0.5, dtype=torch.float64))


@pytest.mark.parametrize("factor", [1.0, -1.0, 0.0])
def test_slerp_without_a_single_great_circle_is_a_straight_line(factor):
    a = random_codes(8)
    torch.testing.assert_close(
        latent.slerp(a, factor * a, 0.25), latent.lerp(a, factor * a, 0.25), rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize("n", [2, 3, 9, 15])
def test_codes_between_four_corners_are_those_of_equation_5(n):
    corners = random_codes(4, 7)
    weights = latent.grid_weights(n)[..., None].to(corners)
    plane = latent.interpolated(corners[:, None, None], weights).numpy()
    z1, z2, z3, z4 = corners.numpy()
    for i in range(n):
        for j in range(n):
            u, v = i / (n - 1), j / (n - 1)
            expected = (1 - u) * ((1 - v) * z1 + v * z2) + u * ((1 - v) * z3 + v * z4)
            np.testing.assert_allclose(plane[i, j], expected, rtol=1e-6, atol=1e-9)


def test_codes_between_others_can_have_their_mean_norm():
    corners, evenly = random_codes(4, 256), torch.full((4, 1), 1 / 4)
    norms = corners.norm(dim=1)
    middle, kept = latent.interpolated(corners, evenly), latent.of_mean_norm(corners, evenly)
    assert middle.norm() < 0.6 * norms.mean()
    torch.testing.assert_close(kept.norm(), norms.mean(), rtol=1e-6, atol=0)
    torch.testing.assert_close(torch.cosine_similarity(kept, middle, dim=0).item(), 1.0)
    assert latent.of_mean_norm(torch.zeros(4, 16), evenly).isfinite().all()


def test_a_grid_of_one_tile_has_no_corners():
    with pytest.raises(ValueError, match="at least 2 rows"):
        latent.grid_weights(1)


@pytest.mark.parametrize("n", [2, 5, 6])
def test_diagonals_run_from_each_corner_inwards(n):
    distance = torch.tensor([[max(abs(2 * i - n + 1), abs(2 * j - n + 1)) for j in range(n)]
                             for i in range(n)])  # fmt: skip
    values = latent.along_diagonals(distance)
    assert values.shape == (4, (n + 1) // 2)
    assert (values == torch.arange(n - 1, -1, -2)).all()
    assert {path[0] for path in latent.corner_to_centre(n)} == {
        (0, 0), (0, n - 1), (n - 1, 0), (n - 1, n - 1)
    }  # fmt: skip


@pytest.mark.parametrize("n", [3, 4, 9])
def test_walk_visits_every_tile_in_small_steps_and_closes(n):
    i, j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    plane = torch.stack([i, j], dim=-1).double()  # each code is its own place
    path = latent.walk(plane, between=1)
    visited = {tuple(code.tolist()) for code in path}
    assert visited >= {(float(a), float(b)) for a in range(n) for b in range(n)}
    steps = (path.roll(-1, dims=0) - path).norm(dim=1)
    assert steps.max() <= 2**0.5 / 2 + 1e-9  # half a tile, straight or along the diagonal
    assert steps.min() > 0.4


def test_move_adds_each_direction_by_its_amount():
    code, directions = random_codes(5), random_codes(3, 5, seed=1)
    amounts = torch.tensor([[1.0, -2.0, 0.5], [0.0, 0.0, 0.0]])
    moved = latent.move(code, directions, amounts)
    expected = code.numpy() + amounts.numpy() @ directions.numpy()
    np.testing.assert_allclose(moved.numpy(), expected)
    assert torch.equal(moved[1], code)


@pytest.mark.parametrize("count", [0, 1, 4, 20])
def test_held_directions_stay_and_the_rest_goes_on(count):
    code = torch.nn.functional.normalize(random_codes(3, 40), dim=1)
    push, held = random_codes(40, seed=1), random_codes(count, 40, seed=2)
    held = torch.cat([held, held[:1]])  # one twice: directions may depend on each other
    project = torch.nn.functional.normalize
    moved = latent.hold(code, code + push, held, project, rounds=60)
    torch.testing.assert_close(moved @ held.T, code @ held.T)
    torch.testing.assert_close(moved.norm(dim=1), torch.ones(3, dtype=torch.float64))
    basis = np.linalg.svd(held.numpy(), full_matrices=False)[2][:count]
    free = push.numpy() - basis.T @ (basis @ push.numpy())
    assert ((moved - code).numpy() @ free > 0).all()
    if not count:
        torch.testing.assert_close(moved, project(code + push))


def test_where_everything_is_held_nothing_moves():
    code = random_codes(2, 5)
    moved = latent.hold(code, code + 1, random_codes(9, 5, seed=1), project=lambda z: z)
    torch.testing.assert_close(moved, code)
