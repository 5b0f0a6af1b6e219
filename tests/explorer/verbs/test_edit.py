"""Edit on a device: what models know lies on the CPU, their codes where the models are."""

import torch

from explorer.verbs.edit import along, directions, measured, posed
from training.codes.directions import DEFAULT


def test_values_are_read_and_set_on_the_device_of_the_code(session, monkeypatch):
    model, seen = session.models[0], []
    z = model.sample_codes(1).to("meta")
    vector = directions(model, DEFAULT)["Smiling"]
    assert posed(model, z, vector, 1.0).device.type == "meta"

    def watched(vectors, distance):
        seen.append(along(vectors, distance).device.type)
        return torch.zeros(len(vectors))  # the other device has no values

    monkeypatch.setitem(measured.__globals__, "along", watched)
    measured(model, z, DEFAULT)
    assert seen == ["meta"]
