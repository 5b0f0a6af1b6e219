"""Too little memory is told from a damaged file."""

import pickle
from pathlib import Path

import pytest
import torch

from training.errors import UserError
from training.memory import loading, short_of_memory


def too_large():
    torch.empty(2**60, dtype=torch.uint8)


def on_a_gpu():
    raise torch.OutOfMemoryError("CUDA out of memory.")


def in_python():
    raise MemoryError


def on_an_accelerator():
    raise torch.AcceleratorError("CUDA error: out of memory")


def on_mps():
    raise RuntimeError("MPS backend out of memory (MPS allocated: 8.00 GB).")


def in_a_library():
    raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")


@pytest.mark.parametrize(
    "load", [too_large, on_a_gpu, in_python, on_an_accelerator, on_mps, in_a_library]
)
def test_a_sound_file_is_not_called_damaged(load):
    with (
        pytest.raises(UserError, match="'x.pt' cannot be read: there is too little memory"),
        loading(Path("x.pt"), UserError("damaged")),
    ):
        load()


@pytest.mark.parametrize(
    "error", [RuntimeError("size mismatch"), KeyError("step"), pickle.UnpicklingError("no pickle")]
)
def test_any_other_error_is_a_damaged_file(error):
    assert not short_of_memory(error)
    with pytest.raises(UserError, match="damaged"), loading(Path("x.pt"), UserError("damaged")):
        raise error


def test_a_file_that_the_system_does_not_give_says_why(tmp_path):
    missing = tmp_path / "x.pt"
    with (
        pytest.raises(UserError, match="x.pt' cannot be read: No such file"),
        loading(missing, UserError("damaged")),
    ):
        missing.read_bytes()
