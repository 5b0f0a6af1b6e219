"""How much memory what a visitor has at hand takes."""

from dataclasses import is_dataclass

import numpy as np
from PIL import Image
from torch import Tensor

from explorer.engine import Model


def weight(thing: object) -> int:
    """About how many bytes the pictures, tensors and arrays take that a thing holds, each counted
    once; models are everybody's."""
    seen, left, total = set(), [thing], 0
    while left:
        match left.pop():
            case each if id(each) in seen or isinstance(each, (str, bytes, Model)):
                continue
            case Tensor() as each:
                storage = each.untyped_storage()  # which views share
                total += 0 if storage.data_ptr() in seen else storage.nbytes()
                seen.add(storage.data_ptr())
            case np.ndarray() as each:
                total += each.nbytes
            case Image.Image() as each:
                total += len(each.getbands()) * each.width * each.height
            case dict() as each:
                left += each.values()
            case list() | tuple() | set() as each:
                left += each
            case each if is_dataclass(each):
                left += vars(each).values()
            case each:
                continue
        seen.add(id(each))
    return total
