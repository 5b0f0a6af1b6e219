"""BFGS on functions whose lowest values are known."""

import torch

from training.codes.bfgs import BFGS, REACH


def minimise(function, search, evaluations):
    for _ in range(evaluations):
        trial = search.trial.clone().requires_grad_(True)
        values = function(trial)
        (gradients,) = torch.autograd.grad(values.sum(), trial)
        search.take(values.detach(), gradients)
    return search


def bowls():
    """Two quadratic functions of 8 entries, of other curvatures and lowest points."""
    generator = torch.Generator().manual_seed(0)
    roots = torch.randn(2, 8, 8, generator=generator)
    curvatures = roots @ roots.mT + 0.1 * torch.eye(8)
    lowest = torch.randn(2, 8, generator=generator)

    def function(x):
        off = x - lowest
        return torch.einsum("bi,bij,bj->b", off, curvatures, off) / 2

    return function, curvatures, lowest


def test_each_finds_the_lowest_point_of_its_own_function():
    function, _, lowest = bowls()
    search = minimise(function, BFGS(torch.zeros(2, 8), torch.eye(8)), 60)
    torch.testing.assert_close(search.x, lowest, atol=1e-2, rtol=0)
    torch.testing.assert_close(search.value, function(search.x), atol=1e-6, rtol=0)


def test_the_inverse_hessian_leads_there_in_one_step_whatever_its_factor():
    function, curvatures, lowest = bowls()
    near = lowest[:1] + 0.05
    for factor, evaluations in ((1.0, 2), (0.2, 3), (3.0, 3)):
        search = BFGS(near, factor * torch.linalg.inv(curvatures[0]))
        minimise(lambda x: function(x.expand(2, -1))[:1], search, evaluations)
        torch.testing.assert_close(search.x, lowest[:1], atol=1e-3, rtol=0)


def test_no_value_rises_and_no_step_is_longer_than_the_reach():
    search, before = BFGS(torch.full((1, 2), -1.0), torch.eye(2)), None

    def banana(x):  # Rosenbrock's
        return 100 * (x[:, 1] - x[:, 0].square()).square() + (1 - x[:, 0]).square()

    for _ in range(150):
        minimise(banana, search, 1)
        step = (search.trial - search.x).square().mean().sqrt()
        assert step <= REACH * 1.001 and (before is None or (search.value <= before).all())
        before = search.value
    torch.testing.assert_close(search.x, torch.ones(1, 2), atol=1e-2, rtol=0)


def test_values_that_are_none_are_stepped_back_from():
    search = BFGS(torch.full((1, 1), 0.3), torch.eye(1))
    minimise(lambda x: x.log().square()[:, 0] + (1 - x).sqrt()[:, 0], search, 40)
    assert search.value < 0.01 and search.inverse.isfinite().all()


def test_codes_stay_where_they_may_be():
    search = BFGS(torch.zeros(1, 2), torch.eye(2), settle=lambda x: x.clamp(-0.5, 0.5))
    minimise(lambda x: (x - torch.tensor([2.0, 0.25])).square().sum(dim=1), search, 30)
    torch.testing.assert_close(search.x, torch.tensor([[0.5, 0.25]]), atol=1e-3, rtol=0)
