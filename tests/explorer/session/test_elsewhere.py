"""Programs of models that do not come with the explorer."""

from types import SimpleNamespace

import torch

from explorer.catalogue import ROOT
from explorer.pictures.recipe import thing
from explorer.session.written import of_picture


def test_a_program_says_where_to_put_the_folder_of_its_models_and_tells_none():
    session = SimpleNamespace(root="/srv/models", model_set="x", names=["x/y"])
    picture = thing("it", {"x/y": torch.zeros(2)})
    program = of_picture(session, picture)
    compile(program, "copied.py", "exec")
    assert 'root="checkpoints",' in program and "/srv" not in program
    session.root = ROOT
    assert "root=" not in of_picture(session, picture)
