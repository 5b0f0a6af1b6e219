import torch

from training.codes.adam import Adam


def test_it_moves_codes_as_pytorchs_does():
    z = torch.randn(3, 8)
    gradients, rates = torch.randn(5, 3, 8), (0.1, 0.2, 0.0, 0.05, 0.3)
    ours, theirs = z.clone(), z.clone().requires_grad_(True)
    adam = Adam(ours)
    optimizer = torch.optim.Adam([theirs])
    for gradient, rate in zip(gradients, rates, strict=True):
        adam.step(gradient, rate)
        optimizer.param_groups[0]["lr"], theirs.grad = rate, gradient
        optimizer.step()
    assert torch.equal(ours, theirs)


def test_a_rate_is_divided_by_the_scale_of_each_entry():
    z = torch.zeros(3, 2)
    Adam(z, scale=torch.tensor([1.0, 4.0])).step(torch.ones(3, 2), 0.1)
    torch.testing.assert_close(z, torch.tensor([[-0.1, -0.025]]).expand(3, 2))
