"""The precision in which networks compute."""

import torch


def resolved(precision: str, device: torch.device) -> str:
    """'bf16' or 'fp32'; for 'auto' bf16 where the hardware has it."""
    if precision != "auto":
        return precision
    if device.type == "cuda":  # older ones emulate it, at less than the speed of fp32
        with torch.cuda.device(device):
            fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        fast = device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()
    return "bf16" if fast else "fp32"


def autocast(precision: str, device: torch.device) -> torch.autocast:
    """A context in which what is computed on the device is `resolved(precision, device)`."""
    bf16 = resolved(precision, device) == "bf16"
    return torch.autocast(device.type, torch.bfloat16, enabled=bf16)
