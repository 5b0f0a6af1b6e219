"""The sets that `python -m training campaign` trains: `plans/NAME.toml`, read into `Campaign`."""

from dataclasses import dataclass, field
from pathlib import Path

from training.config import from_table, read_toml, resolve
from training.errors import UserError, choose
from training.frameworks import FRAMEWORKS


@dataclass(frozen=True)
class Row:
    """One run: a system, a preset, and settings that differ from the preset's; images: how many to
    see, 0 for the campaign's number; first_stage: an earlier run whose networks it needs, or a
    shipped checkpoint, such as celeba32/faae; start: a shipped checkpoint whose networks it
    continues from."""

    framework: str
    preset: str
    settings: dict = field(default_factory=dict)
    images: int = 0
    first_stage: str = ""
    start: str = ""


@dataclass(frozen=True)
class Campaign:
    """Runs on the same data.

    data, held_out, attributes: files in --data-dir (or a known dataset's name) to train on, to
    measure on, and with labels; images: training images that a run sees; settings: common to all
    runs; runs: by name, in the order of training; point_every: images from one point of the curves
    to the next; ships: whether a checkpoint that measures better replaces the one in --into.
    """

    data: tuple[str, ...]
    held_out: tuple[str, ...]
    images: int
    runs: dict[str, Row]
    settings: dict
    attributes: str = ""
    point_every: int = 100_000
    ships: bool = True


def read_plan(path: Path) -> Campaign:
    """A campaign from its file; UserError that names the file and what it cannot have."""
    table = read_toml(path)
    if isinstance(runs := table.get("runs"), dict):
        for name, row in runs.items():
            runs[name] = from_table(Row, row, f"{path.name}, run {name}")
    campaign = from_table(Campaign, table, path.name)
    for name, row in campaign.runs.items():
        try:
            framework = FRAMEWORKS[choose("framework", row.framework, FRAMEWORKS)]
            resolve(framework, row.preset, {**campaign.settings, **row.settings})
        except UserError as error:
            raise UserError(f"{path.name}, run {name}: {error}") from None
    return campaign


PLANS = Path(__file__).parent / "plans"
CAMPAIGNS = {path.stem: read_plan(path) for path in sorted(PLANS.glob("*.toml"))}
