"""Geometry of codes: paths, grids between four corners, and directions; torch only.

Functions return points of the vector space, not yet on the prior's support: `Prior.project` brings
them there (on the unit sphere by a division by the norm).
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, normalize

BLUR = 5  # cells of a density, an odd number


def lerp(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """The straight line from `a` (t = 0) to `b` (t = 1); `t` broadcasts against the codes."""
    return a + t * (b - a)


def slerp(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """The great circle from `a` (t = 0) to `b` (t = 1) over the last dimension (Shoemake 1985).

    The angle moves at constant speed and the norm linearly, so codes on a sphere stay on it.
    Codes that are parallel, opposite or zero have no single great circle: a straight line then.
    """
    norm_a, norm_b = a.norm(dim=-1, keepdim=True), b.norm(dim=-1, keepdim=True)
    unit_a, unit_b = a / norm_a.clamp_min(1e-12), b / norm_b.clamp_min(1e-12)
    cosine = (unit_a * unit_b).sum(-1, keepdim=True).clamp(-1, 1)
    angle = torch.acos(cosine)
    sine = torch.sin(angle)
    arc = (torch.sin((1 - t) * angle) * unit_a + torch.sin(t * angle) * unit_b) / sine
    single = (sine > 1e-4) & (norm_a > 0) & (norm_b > 0)
    return torch.where(single, arc * lerp(norm_a, norm_b, t), lerp(a, b, t))


def bilinear_weights(right: Tensor, down: Tensor) -> Tensor:
    """Weights (4, ...) of the corners top-left, top-right, bottom-left and bottom-right at the
    points `right`, `down` (...) of the unit square; their sum is 1."""
    left, up = 1 - right, 1 - down
    return torch.stack([left * up, right * up, left * down, right * down])


def grid_weights(n: int) -> Tensor:
    """`bilinear_weights` (4, n, n) of the tiles of an n x n grid."""
    if n < 2:
        raise ValueError(f"A grid between four corners needs at least 2 rows, not {n}.")
    t = torch.linspace(0, 1, n, dtype=torch.float64)
    down, right = torch.meshgrid(t, t, indexing="ij")
    return bilinear_weights(right, down)


def interpolated(codes: Tensor, weights: Tensor) -> Tensor:
    """Interpolated codes (..., n): sum of alpha_i z_i, not projected (F-AAE eq. 5), of `codes`
    (k, ..., n) with `weights` (k, ..., 1), which broadcast."""
    return (weights * codes).sum(dim=0)


def of_mean_norm(codes: Tensor, weights: Tensor) -> Tensor:
    """`interpolated` codes whose norm is interpolated, too."""
    norm = interpolated(codes.norm(dim=-1, keepdim=True), weights)
    return norm * normalize(interpolated(codes, weights), dim=-1)


def corner_to_centre(n: int) -> list[list[tuple[int, int]]]:
    """The four half diagonals of an n x n grid as (row, column), each from its corner inwards."""
    last, steps = n - 1, range((n + 1) // 2)
    return [
        [(i, i) for i in steps],
        [(i, last - i) for i in steps],
        [(last - i, i) for i in steps],
        [(last - i, last - i) for i in steps],
    ]


def along_diagonals(values: Tensor) -> Tensor:
    """Values of a grid's tiles (n, n) read from each corner to the centre: (4, (n + 1) // 2)."""
    paths = torch.tensor(corner_to_centre(values.shape[0]))  # (4, steps, 2)
    return values[paths[..., 0], paths[..., 1]]


def walk(grid: Tensor, between: int = 2) -> Tensor:
    """A closed walk over every tile of a grid of codes (n, n, latent): (frames, latent).

    Row by row in alternating direction (boustrophedon), then straight back to the start: along the
    first column if the last row ends there (even n), else along the diagonal. `between` frames lie
    between two tiles, and the last frame leads into the first.
    """
    n = grid.shape[0]
    rows = [grid[row] if row % 2 == 0 else grid[row].flip(0) for row in range(n)]
    back = torch.arange(n - 2, 0, -1)
    home = grid[back, 0] if n % 2 == 0 else grid[back, back]
    tiles = torch.cat([*rows, home])
    following = tiles.roll(-1, dims=0)
    t = torch.arange(between + 1).to(grid) / (between + 1)
    return lerp(tiles[:, None], following[:, None], t[None, :, None]).flatten(0, 1)


def move(code: Tensor, directions: Tensor, amounts: Tensor) -> Tensor:
    """`code` (..., n) pushed along `directions` (A, n) by `amounts` (..., A) of each."""
    return code + amounts.to(code) @ directions.to(code)


def hold(
    code: Tensor, moved: Tensor, held: Tensor, project: Callable[[Tensor], Tensor], rounds: int = 8
) -> Tensor:
    """`moved` (B, n) on the prior's support, with the component of `code` in the span of the
    directions `held` (H, n).

    Any number of directions may be held, also dependent ones. `project` may change that component,
    as on the sphere, so both projections alternate (von Neumann). On the sphere each round
    multiplies the error by the squared share of `code` in the span.
    """
    held = held.to(code)
    span = torch.linalg.pinv(held) @ held  # (n, n), the projector onto it
    for _ in range(rounds):
        moved = project(moved + (code - moved) @ span)
    return moved


def density(points: Tensor, low: Tensor, high: Tensor, cells: int) -> Tensor:
    """Density of points (N, 2) in the box from `low` to `high`, (2,) each: (cells, cells) in
    [0, 1], rows by the second coordinate; a histogram, twice smoothed by a mean of `BLUR` cells."""
    cell = ((points - low) / (high - low) * cells).floor().long()
    column, row = cell[((cell >= 0) & (cell < cells)).all(dim=1)].T
    counts = torch.bincount(row * cells + column, minlength=cells * cells).float()
    smooth = counts.view(1, 1, cells, cells)
    for _ in range(2):
        smooth = avg_pool2d(smooth, BLUR, stride=1, padding=BLUR // 2)
    return smooth[0, 0] / smooth.max().clamp_min(1e-12)
