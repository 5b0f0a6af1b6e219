"""One network as an ONNX graph: from PyTorch, in half precision, run, and back to PyTorch.

onnx, onnxscript, onnxruntime and onnx2torch are imported where they are used: without such a model
none is needed. Graphs are of opset 18, which onnx2torch reads.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, fx, nn

from training.checkpoints import CheckpointError
from training.errors import UserError, first_line

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto
    from onnxruntime import InferenceSession

OPSET = 18
SMALL = 1024  # numbers of a tensor that gains nothing from half precision
UNLIMITED = 1 << 40
# onnx2torch knows them of opset 13, and what was added since is seldom used; its outcome is checked
LATER = ("Resize", "Pad", "Split")
NEAR = 1e-3  # how far PyTorch's values of a graph may lie from onnxruntime's
HALF, INT8 = ".half", ".int8"


class Graph(nn.Module):
    """An ONNX network of one input and one output, (B, …) both, run by onnxruntime; through
    `differentiable` where gradients are asked for."""

    def __init__(self, blob: bytes, name: str):
        super().__init__()
        self.blob, self.name = blob, name
        self._session = self._opened()
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1:
            raise CheckpointError(
                f"{name} has {len(inputs)} inputs and {len(outputs)} outputs: give one of each."
            )

    def _opened(self) -> InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.log_severity_level = 3  # errors; a warning is nothing that users can mend
        try:
            return onnxruntime.InferenceSession(self.blob, options)
        except Exception as error:  # onnxruntime's own have no common base
            raise CheckpointError(f"{self.name} is no ONNX network: {first_line(error)}") from None

    def __getstate__(self) -> dict:
        """For pickle and copies: all but what is made from the file."""
        made = ("_session", "differentiable")
        return {name: value for name, value in self.__dict__.items() if name not in made}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self._session = self._opened()

    def forward(self, x: Tensor) -> Tensor:
        if x.requires_grad and torch.is_grad_enabled():
            return self.differentiable(x)
        name = self._session.get_inputs()[0].name
        try:
            (found,) = self._session.run(None, {name: x.detach().cpu().numpy()})
        except Exception as error:  # onnxruntime's own have no common base
            raise CheckpointError(
                f"{self.name} does not take {tuple(x.shape)}: {first_line(error)}"
            ) from error
        return torch.from_numpy(found).to(x)

    @cached_property
    def differentiable(self) -> nn.Module:
        """The network as PyTorch's own, which gives the same; UserError where it cannot be had."""
        from onnx import load_from_string

        (shape,) = (each.shape for each in self._session.get_inputs())
        x = torch.randn(2, *shape[1:])
        try:
            module = _translator()(plain(load_from_string(self.blob))).eval()
            off = (module.requires_grad_(False)(x) - self(x)).abs().max()
        except Exception as error:  # whatever an operator that it does not know leads to
            raise UserError(f"{self.name} has no gradients: {first_line(error)}") from error
        if not off < NEAR:
            raise UserError(f"{self.name} has no gradients: PyTorch gives other values for it.")
        return module


@cache
def _translator() -> Callable[[ModelProto], nn.Module]:
    """onnx2torch's `convert`, with the operators of `LATER`."""
    import onnx2torch
    from onnx2torch.node_converters.registry import add_converter, get_converter

    for operator in LATER:
        add_converter(operator, OPSET)(get_converter(operator, 13))
    return onnx2torch.convert


def to_onnx(module: nn.Module, example: Tensor, name: str) -> ModelProto:
    """The graph of a module in evaluation mode, for a batch of any size; UserError where it has
    none. `example` is a batch of two or more; `name` begins the error."""
    from onnxscript.optimizer import optimize

    try:
        with _quiet():
            program = _program(module, example)
            return optimize(_filled(_emptied(program), program))
    except Exception as error:  # of torch.export, of the exporter, or of the module itself
        raise UserError(
            f"{name} cannot be written as ONNX: {first_line(error.__cause__ or error)} Give one "
            "whose operations PyTorch can export, for a batch of any size."
        ) from error


def _emptied(program: torch.export.ExportedProgram) -> ModelProto:
    """Its graph without the values of its weights. It is kept for networks that differ in these
    alone, since the exporter takes four times as long as the tracing. It is not optimised: that
    folds weights into each other."""
    form = _form(program)
    if form not in _graphs:
        model = torch.onnx.export(
            program,
            dynamo=True,
            input_names=["input"],
            output_names=["output"],
            opset_version=OPSET,
            optimize=False,
            verbose=False,
        ).model_proto
        for weights, _ in _weights(model, program):
            weights.ClearField("raw_data")
        _graphs[form] = model
    return _graphs[form]


_graphs: dict[tuple[str, ...], ModelProto] = {}


def _form(program: torch.export.ExportedProgram) -> tuple[str, ...]:
    """Its operations, with the names, shapes and types of what they read."""
    signature = program.graph_signature
    names = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
    names |= signature.inputs_to_lifted_tensor_constants
    parts = (part for part in program.graph_module.modules() if isinstance(part, fx.GraphModule))
    nodes = (node for part in parts for node in part.graph.nodes)
    return tuple(
        f"{names.get(node.name)} {node.format_node()} {node.meta.get('val')}"
        for node in nodes
        if node.users or node.op == "output"
    )


def _filled(graph: ModelProto, program: torch.export.ExportedProgram) -> ModelProto:
    """A copy with the program's weights."""
    copy = type(graph)()
    copy.CopyFrom(graph)
    for weights, values in _weights(copy, program):
        weights.raw_data = values.cpu().flatten().contiguous().view(torch.uint8).numpy().tobytes()
    return copy


def _weights(
    model: ModelProto, program: torch.export.ExportedProgram
) -> Iterator[tuple[TensorProto, Tensor]]:
    """The graph's tensors that have the name of one of the program's, with that."""
    known = {**program.state_dict, **program.constants}
    return ((each, known[each.name]) for each in model.graph.initializer if each.name in known)


def _program(module: nn.Module, example: Tensor) -> torch.export.ExportedProgram:
    """The module's operations. What `len(x)` and the like would fix to the example's batch is found
    by the slower strict way, which reads the module's bytecode."""
    how = {"args": (example,), "dynamic_shapes": ({0: torch.export.Dim("B", min=1)},)}
    try:
        return torch.export.export(module, **how)
    except Exception:  # whatever a module raises that is traced
        return torch.export.export(module, **how, strict=True)


def halved(model: ModelProto) -> ModelProto:
    """A copy whose large weights are in half precision, cast up at the start of the graph."""
    from onnx import TensorProto, helper, numpy_helper

    def half(name: str, values: np.ndarray) -> tuple[list, list]:
        stored = numpy_helper.from_array(values.clip(-65504, 65504).astype(np.float16), name + HALF)
        return [stored], [helper.make_node("Cast", [name + HALF], [name], to=TensorProto.FLOAT)]

    return _stored(model, half)


def quantised(model: ModelProto) -> ModelProto:
    """A copy, also of a halved graph, whose large matrices and kernels are whole numbers from -127
    to 127, multiplied by a scale for each entry of their first axis at the start of the graph."""
    from onnx import TensorProto, helper, numpy_helper

    def whole(name: str, values: np.ndarray) -> tuple[list, list]:
        if values.ndim < 2:
            return [], []
        scale = np.abs(values).max(axis=tuple(range(1, values.ndim)), keepdims=True)
        scale = scale.clip(1e-12) / 127
        numbers, up, by = (name + end for end in (INT8, INT8 + ".float", INT8 + ".scale"))
        stored = (values / scale).round().astype(np.int8)
        return (
            [numpy_helper.from_array(stored, numbers), numpy_helper.from_array(scale, by)],
            [
                helper.make_node("Cast", [numbers], [up], to=TensorProto.FLOAT),
                helper.make_node("Mul", [up, by], [name]),
            ],
        )

    return _stored(model, whole)


def _stored(model: ModelProto, store: Callable[[str, np.ndarray], tuple[list, list]]) -> ModelProto:
    """A copy whose large weights are stored otherwise: for the name and the values of each `store`
    gives tensors and the nodes that make the weights of them, or none where they stay."""
    from onnx import ModelProto, TensorProto, numpy_helper

    copy, made, gone = ModelProto(), [], set()
    copy.CopyFrom(model)
    for weights in list(copy.graph.initializer):
        values, before = numpy_helper.to_array(weights), weights.name
        name, is_half = before.removesuffix(HALF), before.endswith(HALF)
        if values.size <= SMALL or not (is_half or weights.data_type == TensorProto.FLOAT):
            continue
        tensors, nodes = store(name, values.astype(np.float32))
        if tensors:
            gone.add(before)
            made += nodes
            copy.graph.initializer.remove(weights)
            copy.graph.initializer.extend(tensors)
    made += [
        node for node in copy.graph.node if not (node.op_type == "Cast" and node.input[0] in gone)
    ]
    del copy.graph.node[:]
    copy.graph.node.extend(made)
    return copy


def plain(model: ModelProto) -> ModelProto:
    """The graph as onnx2torch takes it: of its opset, constants folded, shapes without zeros."""
    from onnx import version_converter
    from onnxscript.optimizer import optimize

    if max(each.version for each in model.opset_import if not each.domain) > OPSET:
        model = version_converter.convert_version(model, OPSET)
    limits = {"input_size_limit": UNLIMITED, "output_size_limit": UNLIMITED}
    model = optimize(model, **limits)
    for node in model.graph.node:
        if node.op_type == "Reshape":  # no shape of ours holds a 0, the only one that it is about
            kept = [each for each in node.attribute if each.name != "allowzero"]
            del node.attribute[:]
            node.attribute.extend(kept)
    return model


@contextlib.contextmanager
def _quiet():
    """The exporter reports each of its steps, and warns of what is as it should be."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
