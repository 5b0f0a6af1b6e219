"""The plan of a campaign and its results: summary.md to read, summary.json for programs."""

from pathlib import Path

from tabulate import tabulate

from training.campaigns.curve import read_curve
from training.campaigns.plans import Campaign
from training.checkpoints import read_json, read_metrics, write_atomically, write_json
from training.measure.figures import MAIN, columns
from training.report.tables import MISSING, markdown

OUTCOME, PAGE, SUMMARY = "outcome.json", "summary.md", "summary.json"
COLUMNS = columns(MAIN)
NAMES, SHORTS = [each.name for each in COLUMNS], [each.short for each in COLUMNS]


def of_plan(name: str, campaign: Campaign, jobs: list) -> str:
    """The runs of a campaign and the progress of each."""
    rows = []
    for job in jobs:
        row = campaign.runs[job.name]
        changes = ", ".join(f"{key} = {value}" for key, value in row.settings.items())
        state = "done" if job.done else f"{job.seen:,} of {job.images:,} images seen"
        rows.append((job.name, row.framework, row.preset, changes, state))
    return f"Campaign {name}:\n{tabulate(rows, tablefmt='plain', disable_numparse=True)}"


def collect(jobs: list) -> dict[str, dict]:
    """Configuration, figures, outcome and curve of each run, by its name."""
    return {
        job.name: {
            "framework": job.config.framework,
            "trained": job.content.get("trained", {}),
            "measured": read_metrics(job.directory) if job.done else {},
            "outcome": read_json(job.directory / OUTCOME),
            "curve": read_curve(job.directory),
        }
        for job in jobs
    }


def write(directory: Path, name: str, campaign: Campaign, jobs: list) -> None:
    """Writes summary.json and summary.md of the runs so far."""
    runs = collect(jobs)
    write_json(directory / SUMMARY, {"campaign": name, "runs": runs})
    parts = [
        f"# Campaign {name}",
        f"Measured on {', '.join(campaign.held_out)}. Where a checkpoint was shipped before, its "
        "figure comes first.",
        markdown(
            ("run", "images seen", "hours", *SHORTS, "outcome"),
            [_row(run_name, run) for run_name, run in runs.items()],
        ),
        "\n".join(f"- {figure.short}: {figure.words}" for figure in COLUMNS),
        *[_curve(run_name, run["curve"]) for run_name, run in runs.items()],
    ]
    text = "\n\n".join(parts) + "\n"
    write_atomically(directory / PAGE, lambda p: p.write_text(text, encoding="utf-8"))


def _row(name: str, run: dict) -> list[str]:
    new = run["measured"].get("figures", {})
    former = run["outcome"].get("former") or {}
    trained = run["trained"]
    cells = [
        f"{former[c]:.4g} → {new[c]:.4g}" if c in former and c in new else _figure(new, c)
        for c in NAMES
    ]
    seen, hours = f"{trained.get('images_seen', 0):,}", str(trained.get("hours", 0))
    return [name, seen, hours, *cells, _outcome(run["outcome"])]


def _outcome(outcome: dict) -> str:
    if "stopped" in outcome:
        return outcome["stopped"]
    if not outcome:
        return "–"
    result = "shipped" if outcome["shipped"] else "not better, the former one stays"
    if outcome["former"] is None:
        return f"{result}, the first"
    if outcome["ratio"] is None:
        return f"{result}, which has figures that this one lacks"
    return f"{result}, {outcome['ratio']:.3f} of the former errors"


def _curve(name: str, curve: dict) -> str:
    points = curve["points"]
    rows = [[f"{each['images_seen']:,}", *[_figure(each, n) for n in NAMES]] for each in points]
    on = f"on the first {curve['images']:,} of these images" if rows else "no point yet"
    return f"## {name}, {on}\n\n" + markdown(("images seen", *SHORTS), rows)


def _figure(figures: dict, name: str) -> str:
    return f"{figures[name]:.4g}" if name in figures else MISSING
