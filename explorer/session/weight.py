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
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        match each:
            case Model():
                pass
            case Tensor():
                storage = each.untyped_storage()  # which views share
                total += 0 if storage.data_ptr() in seen else storage.nbytes()
                seen.add(storage.data_ptr())
            case np.ndarray():
                total += each.nbytes
            case Image.Image():
                total += len(each.getbands()) * each.width * each.height
            case dict():
                left += each.values()
            case list() | tuple() | set():
                left += each
            case _ if is_dataclass(each):
                left += vars(each).values()
    return total
