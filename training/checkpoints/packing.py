"""Storage of weights in a checkpoint: in full precision, half precision, or 8 bits.

In 8 bits, each output channel of a matrix or kernel has integers from -127 to 127 and one scale;
the few vectors, biases and batch-norm statistics, are in half precision.
"""

from pathlib import Path

import safetensors
import torch
from torch import Tensor

SCALE = ".scale"  # suffix of the scales (C,) of the channels
PART = 1 << 16  # channels that are packed at once: a million codes are rows of one tensor


def pack(state: dict[str, Tensor], store: str) -> dict[str, Tensor]:
    """A state dict as it is stored, on the CPU; `store` is float32, half or int8."""
    packed = {}
    for key, tensor in state.items():
        if store == "float32" or not tensor.is_floating_point():
            packed[key] = tensor
        elif store == "half" or tensor.ndim < 2:
            packed[key] = tensor.half()
        else:
            scale = tensor.flatten(1).norm(torch.inf, dim=1).clamp(min=1e-12) / 127
            parts = zip(tensor.split(PART), scale.split(PART), strict=True)
            packed[key] = torch.cat([_in_8_bits(*part) for part in parts])
            packed[key + SCALE] = scale
    return {key: tensor.cpu().contiguous() for key, tensor in packed.items()}


def unpack(packed: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state dict, in float32, however it was packed."""
    state = dict(packed)
    for key, tensor in packed.items():
        if key + SCALE in packed:
            state[key] = tensor * _by_channel(state.pop(key + SCALE), tensor)
    return {
        key: tensor.float() if tensor.is_floating_point() else tensor
        for key, tensor in state.items()
    }


def shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Of the state dict that a file holds, from its header alone, so that no tensor is allocated
    before they are known to be right; raises SafetensorError and OSError."""
    with safetensors.safe_open(path, "pt") as file:
        found = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
    scales = {key + SCALE: shape[:1] for key, shape in found.items()}
    return {key: shape for key, shape in found.items() if scales.get(key) != shape}


def _in_8_bits(tensor: Tensor, scale: Tensor) -> Tensor:
    return (tensor / _by_channel(scale, tensor)).round_().to(torch.int8)


def _by_channel(scale: Tensor, tensor: Tensor) -> Tensor:
    """Scales (C,) as (C, 1, ...), to broadcast against a tensor (C, ...)."""
    return scale.reshape(-1, *[1] * (tensor.ndim - 1))
