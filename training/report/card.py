"""The card of a checkpoint: README.md, written from config.json and metrics.json."""

from pathlib import Path

from training.checkpoints import read_config, read_metrics, write_atomically
from training.frameworks import FRAMEWORKS
from training.measure.figures import FIGURES
from training.report.expectations import CELLS, beside, cells, expected
from training.report.tables import markdown

LIMITS = """\
- Small pictures, cropped and aligned as the training images were; anything else comes out as
  the nearest thing that the model knows.
- The training images' imbalances (who is in them, and how the attributes co-occur) are in the
  codes, the samples and the attribute directions too.
- For research and teaching; not for recognising or judging people."""


def write_card(directory: str | Path) -> None:
    """Writes README.md beside the weights; raises CheckpointError."""
    directory = Path(directory)
    content, measured = read_config(directory), read_metrics(directory)
    framework = FRAMEWORKS[content["framework"]]
    settings, trained = content["settings"], content["trained"]
    sources = ", ".join(Path(source).name for source in settings["data"])
    lines = [
        f"# {framework.title}, {settings['image_size']} px",
        f"![reconstructions and samples](preview.png)\n\nSystem: {framework.source}. "
        f"Codes: {settings['latent_size']} numbers, prior '{settings['prior']}'.",
        "In the preview, the first row are reconstructions of training images, the others samples."
        if framework.encodes
        else "The preview shows samples.",
        "## Training",
        f"- data: {sources} ({trained['training_images']:,} images)\n"
        f"- licence: {settings['licence']}\n"
        f"- images seen: {trained['images_seen']:,} ({trained['epochs']} epochs), "
        f"{_started(content)}{trained['hours']} hours on {trained['hardware']}, "
        f"torch {trained['torch']}\n"
        "- every setting: `config.json`",
        "## Figures",
        _figures(measured),
        *_papers(framework.id, settings, measured.get("figures", {})),
        "## Limits",
        LIMITS,
    ]
    text = "\n\n".join(lines) + "\n"
    write_atomically(directory / "README.md", lambda p: p.write_text(text, encoding="utf-8"))


def _started(content: dict) -> str:
    before = content["trained"].get("images_seen_before", 0)
    start = content["settings"].get("start")
    return f"after {before:,} of '{start}', whose networks it started from, " if before else ""


def _figures(measured: dict) -> str:
    said = measured_on(measured)
    if not measured:
        return said
    rows = [
        f"| {FIGURES[name].words} | {value:.4g} |" for name, value in measured["figures"].items()
    ]
    return "\n".join([said, "", "| figure | value |", "| --- | ---: |", *rows])


def _papers(system: str, settings: dict, figures: dict[str, float]) -> list[str]:
    """The papers' figures of the system beside ours, and what of theirs has no counterpart."""
    wanted = expected(settings["data"])
    row = {"framework": system, "title": "", "prior": settings["prior"], "figures": figures}
    found = [each for one in wanted.printed if (each := beside(one, [row]))]
    if not found:
        return []
    rows = [(FIGURES[each["figure"]].words, *cells(each)) for each in found]
    return ["## Beside the papers", markdown(("figure", *CELLS), rows), wanted.apart]


def measured_on(measured: dict) -> str:
    """How the figures of a metrics.json were obtained, as a sentence."""
    if not measured:
        return "Not measured yet: `python -m training evaluate CHECKPOINT --data … --save`."
    refined = measured["refined"]
    starts = refined.get("starts")  # where there is no encoder to refine the codes of
    found = f"codes found by recovery from {starts} random starts in" if starts else "refined by"
    return (
        f"On {measured['images']:,} images of {', '.join(measured['data'])}; "
        f"{found} {refined['steps']} steps on {refined['images']:,} of them; Frechet distances on "
        f"the features of `{measured['features']}`."
    )


def measured_on_each(measured: dict[str, dict]) -> str:
    """`measured_on` of several checkpoints by what they are called, a line for all that agree."""
    notes: dict[str, list[str]] = {}
    for title, each in measured.items():
        notes.setdefault(measured_on(each), []).append(title)
    said = [f"{', '.join(who)}: {note}" for note, who in notes.items()]
    return "\n".join(said if len(notes) > 1 else notes)
