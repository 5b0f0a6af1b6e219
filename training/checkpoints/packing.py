"""How a checkpoint stores its weights: in full, in half precision, or in 8 bits.

In 8 bits, each output channel of a matrix or kernel is a row of integers from -127 to 127 with one
scale; biases and what batch norm keeps are few, and in half precision.
"""

import torch
from torch import Tensor

SCALE = ".scale"  # of the channels (C,), beside their integers


def pack(state: dict[str, Tensor], store: str) -> dict[str, Tensor]:
    """A state dict as a file has it, on the CPU; `store` is float32, half or int8."""
    packed = {}
    for key, tensor in state.items():
        if store == "float32" or not tensor.is_floating_point():
            packed[key] = tensor
        elif store == "half" or tensor.ndim < 2:
            packed[key] = tensor.half()
        else:
            scale = tensor.flatten(1).abs().amax(dim=1).clamp(min=1e-12) / 127
            packed[key] = (tensor / _beside(scale, tensor)).round().to(torch.int8)
            packed[key + SCALE] = scale
    return {key: tensor.cpu().contiguous() for key, tensor in packed.items()}


def unpack(packed: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state dict, whatever `pack` was told."""
    state = dict(packed)
    for key, tensor in packed.items():
        if key + SCALE in packed:
            state[key] = tensor * _beside(state.pop(key + SCALE), tensor)
    return state


def _beside(scale: Tensor, tensor: Tensor) -> Tensor:
    """Scales (C,) in the shape that multiplies a tensor (C, ...)."""
    return scale.reshape(-1, *[1] * (tensor.ndim - 1))
