"""What whoever writes a system can rely on."""

import pytest
import torch

from tests.training.frameworks.test_frameworks import make
from training.errors import UserError
from training.frameworks import FRAMEWORKS, Framework, by_id


def test_a_base_of_systems_explains_nothing():
    class Base(Framework):
        pass

    class System(Base):
        explanation = """
            In two
            lines.
        """

    assert not hasattr(Base, "explanation") and System.explanation == "In two lines."


def test_a_system_that_inherits_an_id_replaces_none():
    class Mine(FRAMEWORKS["aae"]):
        pass

    with pytest.raises(TypeError, match="AAE and Mine have one id, 'aae': give each its own"):
        by_id([*FRAMEWORKS.values(), Mine])
    assert by_id(FRAMEWORKS.values()) == FRAMEWORKS


def test_a_system_without_classes_tells_none_apart():
    with pytest.raises(UserError, match="F-AAE tells no classes apart: choose a system that does"):
        make("faae").class_of(torch.randn(2, 8))
