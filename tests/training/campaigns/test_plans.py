"""The plan of a campaign, as it ships and as a file that is read."""

import pytest

from tests.training.conftest import CHECKPOINTS
from training.campaigns.plans import CAMPAIGNS, Campaign, Row, read_plan
from training.config import resolve
from training.errors import UserError
from training.frameworks import FRAMEWORKS


@pytest.mark.parametrize(("name", "table"), CAMPAIGNS.items())
def test_every_run_of_the_tables_is_one_that_can_be(name, table):
    ships = {f"{path.parent.name}/{path.name}" for path in CHECKPOINTS.glob("*/*")}
    earlier = {"", *ships}
    for run, row in table.runs.items():
        resolve(FRAMEWORKS[row.framework], row.preset, {**table.settings, **row.settings})
        assert {row.first_stage, row.start} <= earlier
        earlier.add(run)


PLAN = """
data = ["digits"]
held_out = ["digits"]
images = 80
settings = { width = 4 }

[runs]
one = { framework = "faae", preset = "small", settings = { augment = ["translation"] } }
"""


def test_a_plan_is_read_from_its_file(tmp_path):
    (tmp_path / "tiny.toml").write_text(PLAN)
    one = Row("faae", "small", {"augment": ("translation",)})
    read = read_plan(tmp_path / "tiny.toml")
    assert read == Campaign(("digits",), ("digits",), 80, {"one": one}, {"width": 4})


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("images = 80", "image = 80", r"tiny.toml: .*'image'.*; its keys are: data, held_out, "),
        ("images = 80", "", "tiny.toml: missing .*'images'; its keys are: "),
        ("images = 80", "images 80", r"tiny.toml: .* \(at line 4, column 8\)"),
        ("preset =", "present =", "tiny.toml, run one: .*'present'; its keys are: framework, "),
        ("faae", "gnome", "tiny.toml, run one: There is no framework 'gnome'; choose from: "),
        ("augment", "augments", "tiny.toml, run one: faae has no option augments; it has: "),
        ("width = 4", "width = 0", "tiny.toml, run one: --width must be greater than 0"),
        ("images = 80", 'images = "80"', "tiny.toml: images must be a valid integer"),
        ('data = ["digits"]', "data = [1]", "tiny.toml: data.0 must be a valid string"),
        ("width = 4", "width = 4.0", "tiny.toml, run one: --width must be a valid integer"),
        ('preset = "small"', "preset = []", "tiny.toml, run one: preset must be a valid string"),
        ("images = 80", "images = " + 2000 * "[", "tiny.toml: "),
        ('preset = "small"', 'preset = "s"', "tiny.toml, run one: There is no preset 's'"),
    ],
)
def test_a_wrong_plan_is_refused_by_its_file_and_key(right, wrong, message, tmp_path):
    (tmp_path / "tiny.toml").write_text(PLAN.replace(right, wrong))
    with pytest.raises(UserError, match=message):
        read_plan(tmp_path / "tiny.toml")
