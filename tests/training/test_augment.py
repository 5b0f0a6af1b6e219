"""What a discriminator sees of augmented images."""

import pytest
import torch

from tests.training.frameworks.test_frameworks import batch_for, make
from training.augment import POLICIES, augment


@pytest.mark.parametrize("policy", POLICIES)
def test_augmentation_changes_images_and_lets_gradients_through(policy):
    framework = make("faae", augment=(policy,))
    batch = batch_for(framework)
    x = batch.x.clone().requires_grad_(True)
    seen = framework.image_logits(x, torch.Generator().manual_seed(0))
    assert not torch.allclose(seen, framework.D(batch.x))
    (gradient,) = torch.autograd.grad(seen.sum(), x)
    assert gradient.flatten(1).any(dim=1).all()


@pytest.mark.parametrize("policy", POLICIES)
def test_augmentation_is_as_exact_in_bf16_as_in_fp32(policy):
    x = torch.randint(256, (64, 3, 32, 32), generator=torch.Generator().manual_seed(0)) / 255
    exact = augment(x, (policy,), torch.Generator().manual_seed(1))
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(augment(x, (policy,), torch.Generator().manual_seed(1)), exact)
