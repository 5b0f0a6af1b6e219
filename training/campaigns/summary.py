"""What a campaign is to do, and what came of it: summary.md to read, summary.json for programs."""

from pathlib import Path

from training.campaigns.curve import read_curve
from training.campaigns.plans import Campaign
from training.checkpoints import CONFIG, read_json, read_metrics, write_atomically, write_json
from training.measure.figures import FIGURES
from training.report.tables import MISSING, markdown

OUTCOME, PAGE, SUMMARY = "outcome.json", "summary.md", "summary.json"
COLUMNS = (
    "mse",
    "mse_refined",
    "sharpness",
    "sample_sharpness",
    "morph_middle",
    "reencoding_error",
    "frechet",
    "coverage",
)


def of_plan(name: str, campaign: Campaign, jobs: list) -> str:
    """The runs of a campaign and how far each has come."""
    rows = []
    for job in jobs:
        row = campaign.runs[job.name]
        changes = ", ".join(f"{key} = {value}" for key, value in row.settings.items())
        state = "done" if job.done else f"{job.seen:,} of {job.images:,} images seen"
        rows.append((job.name, row.framework, row.preset, changes, state))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([f"Campaign {name}:", *lines])


def collect(jobs: list) -> dict[str, dict]:
    """What the folders of the runs say, by their names."""
    found = {}
    for job in jobs:
        content, outcome = read_json(job.directory / CONFIG), read_json(job.directory / OUTCOME)
        found[job.name] = {
            "framework": job.config.framework,
            "trained": content.get("trained", {}),
            "measured": read_metrics(job.directory) if job.done else {},
            "outcome": outcome,
            "curve": read_curve(job.directory),
        }
    return found


def write(directory: Path, name: str, campaign: Campaign, jobs: list) -> None:
    """summary.json and summary.md, of the runs as they stand."""
    runs = collect(jobs)
    write_json(directory / SUMMARY, {"campaign": name, "runs": runs})
    parts = [
        f"# Campaign {name}",
        f"Measured on {', '.join(campaign.held_out)}; where there was a shipped checkpoint, its "
        "figure comes first.",
        markdown(
            ("run", "images seen", "hours", *COLUMNS, "outcome"),
            [_row(run_name, run) for run_name, run in runs.items()],
        ),
        "\n".join(f"- {column}: {FIGURES[column].words}" for column in COLUMNS),
        *[_curve(run_name, run["curve"]) for run_name, run in runs.items()],
    ]
    text = "\n\n".join(parts) + "\n"
    write_atomically(directory / PAGE, lambda p: p.write_text(text, encoding="utf-8"))


def _row(name: str, run: dict) -> list[str]:
    new = run["measured"].get("figures", {})
    former = run["outcome"].get("former") or {}
    trained = run["trained"]
    cells = [f"{former[c]:.4g} → {new[c]:.4g}" if c in former else _figure(new, c) for c in COLUMNS]
    seen, hours = f"{trained.get('images_seen', 0):,}", str(trained.get("hours", 0))
    return [name, seen, hours, *cells, _outcome(run["outcome"])]


def _outcome(outcome: dict) -> str:
    if "stopped" in outcome:
        return outcome["stopped"]
    if not outcome:
        return "–"
    said = "shipped" if outcome["shipped"] else "not better, the shipped one stays"
    ratio = outcome["ratio"]
    return f"{said} ({ratio:.3f} of its errors)" if ratio is not None else f"{said}, the first"


def _curve(name: str, curve: dict) -> str:
    rows = [
        [f"{point['images_seen']:,}", *[_figure(point, column) for column in COLUMNS]]
        for point in curve["points"]
    ]
    on = f"on the first {curve['images']:,} of these images" if rows else "no point yet"
    return f"## {name}, {on}\n\n" + markdown(("images seen", *COLUMNS), rows)


def _figure(figures: dict, name: str) -> str:
    return f"{figures[name]:.4g}" if name in figures else MISSING
