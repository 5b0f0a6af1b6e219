"""The model card of a checkpoint: README.md, written from config.json and metrics.json."""

from pathlib import Path

import torch

from training.checkpoints import read_config, read_metrics, write_atomically
from training.codes.inversion import DRAWS
from training.frameworks import FRAMEWORKS, Framework, read_settings
from training.measure.figures import FIGURES, MAIN, columns
from training.report.expectations import CELLS, cells, expected, with_ours
from training.report.tables import markdown

LIMITS = """\
- Small pictures, cropped and aligned as the training images were; other images are
  reconstructed as the most similar ones that the model can generate.
- Imbalances of the training images (what they show, and which attributes occur together) also
  appear in the codes, the samples and the attribute directions.
- For research and teaching; not for recognising or judging people."""

# Of the priors that a name alone does not say
MEANINGS = {
    "sphere": "uniform on the unit sphere",
    "normal": "N(0, I)",
    "box": "uniform on [−1, 1] in each number",
}

FLATTERED = (
    "Trained with features of EfficientNet-Lite1 in the discriminator: {titles}. "
    "EfficientNet-Lite1 is of the family of Lite0, so that distances on Lite0's features, where "
    "given, come out too low."
)


# Of the objectives that refined codes may have
LOWERED = {
    "sharp": "pixels, sharpness, and distance from the domain and the prior",
    "in-domain": "the same, with a larger weight on the distance from the domain",
    "plain": "pixels alone",
}


def write_card(directory: str | Path) -> None:
    """Writes README.md next to the weights; raises CheckpointError."""
    text = card(Path(directory))
    write_atomically(Path(directory) / "README.md", lambda p: p.write_text(text, encoding="utf-8"))


def card(directory: Path) -> str:
    """The model card of a checkpoint; raises CheckpointError."""
    content, measurement = read_config(directory), read_metrics(directory)
    framework = FRAMEWORKS[content["framework"]]
    given, trained = content["settings"], content["trained"]
    settings = vars(read_settings({**given, "framework": framework.id}))
    sources = ", ".join(Path(source).name for source in settings["data"])
    before, started = trained.get("images_seen_before", 0), ""
    if before:
        started = f"after {before:,} by the runs that it continues, "
    lines = [
        f"# {framework.title}, {settings['image_size']} px",
        f"![{'reconstructions and ' if framework.encodes else ''}samples](preview.png)\n\n"
        f"System: {framework.source}. Codes: {_codes(framework, settings)}.",
        "The first row of the preview shows reconstructions of training images, the others samples."
        if framework.encodes
        else "The preview shows samples.",
        "## Training",
        f"- data: {sources} ({trained['training_images']:,} images)\n"
        f"- licence: {settings['licence']}\n"
        f"- images seen: {trained['images_seen']:,} ({trained['epochs']} epochs), "
        f"{started}{trained['hours']} hours on {trained['hardware']}, "
        f"torch {trained['torch']}\n"
        f"- settings{' of the last run' if before else ''}: `config.json`",
        "## Figures",
        _figures(measurement) + _domain(measurement),
        *([FLATTERED.format(titles=framework.title)] if settings.get("d_features") else []),
        *_objectives(measurement),
        *_papers(framework.id, settings, measurement.get("figures", {})),
        "## Limits",
        LIMITS,
    ]
    text = "\n\n".join(lines) + "\n"
    return f"---\n{_metadata(framework, content, measurement)}\n---\n\n{text}"


def _metadata(framework: type[Framework], content: dict, measurement: dict) -> str:
    """The YAML that the Hugging Face hub reads, with the main figures as evaluation results."""
    from huggingface_hub import EvalResult, ModelCardData

    figures, settings = measurement.get("figures", {}), content["settings"]
    data = ", ".join(measurement.get("data", ()))
    about = {"task_type": "image-to-image", "dataset_type": data, "dataset_name": data}
    results = [
        EvalResult(**about, metric_type=f.name, metric_value=figures[f.name], metric_name=f.short)
        for f in columns(MAIN)
        if f.name in figures
    ]
    return ModelCardData(
        license="other",
        license_name=settings["licence"],
        library_name="latent-explorer",
        tags=["autoencoder", framework.id],
        datasets=[Path(source).name for source in settings["data"]],
        model_name=framework.title,
        eval_results=results or None,
    ).to_yaml()


def _figures(measurement: dict) -> str:
    found = measurement.get("figures", {}).items()
    rows = [(FIGURES[name].words, f"{value:.4g}") for name, value in found]
    table = f"\n\n{markdown(('figure', 'value'), rows)}" if rows else ""
    return measured_on(measurement) + table


def _codes(framework: type[Framework], settings: dict) -> str:
    """How many numbers codes have, and how these are distributed."""
    with torch.device("meta"):
        made = framework(read_settings({**settings, "framework": framework.id}))
    given, labels = settings["latent_size"], made.code_labels
    count = made.prior.size - given
    of = "clusters" if settings.get("clusters") else "classes"
    also = f", and {count} for the {of}" if count else ""
    if labels and not labels.exclusive:
        also = f", and {count} labels, each 0 or 1"
    said = framework.codes_from.format(**settings)
    for name, meaning in MEANINGS.items():
        said = said.replace(f"prior '{name}'", f"prior {meaning}")
    return f"{given} numbers, {said}{also}"


def _domain(measurement: dict) -> str:
    """How well images of another kind are told from those that the system knows."""
    domain = measurement.get("domain")
    if not domain:
        return ""
    return (
        f"\n\nThe out-of-domain score tells images of {', '.join(domain['others'])} from those of "
        f"{', '.join(domain['data'])} with an AUC of {domain['auc']:.3f}; its limit flags "
        f"{domain['others_beyond']:.1%} of the former and {domain['beyond']:.1%} of the latter."
    )


def _objectives(measurement: dict) -> list[str]:
    """By how much each objective of refined codes trades sharpness for error."""
    traded = measurement.get("objectives")
    if not traded:
        return []
    rows = [
        (LOWERED.get(name, name), f"{each['mse']:.4f}", f"{each['sharpness']:.2f}")
        for name, each in traded["figures"].items()
    ]
    said = f"Codes refined by {traded['steps']} steps on {traded['images']:,} images of "
    table = markdown(("objective", "MSE", "sharpness"), rows)
    return [f"{said}{', '.join(traded['data'])}, by what the steps lower:", table]


def _papers(system: str, settings: dict, figures: dict[str, float]) -> list[str]:
    """The papers' figures of the system and ours, and those without a counterpart."""
    wanted = expected(settings["data"])
    row = {"framework": system, "title": "", "settings": settings, "figures": figures}
    found = [each for one in wanted.printed if (each := with_ours(one, [row]))]
    if not found:
        return []
    rows = [(FIGURES[each["figure"]].words, *cells(each)) for each in found]
    return ["## The papers' figures and ours", markdown(("figure", *CELLS), rows), wanted.apart]


def measured_on(measurement: dict) -> str:
    """How the figures of a metrics.json were obtained, in a sentence."""
    if not measurement:
        return "Not measured yet: `python -m training evaluate CHECKPOINT --data … --save`."
    refined = measurement["refined"]
    starts = refined.get("starts")  # only without an encoder
    nearest = f"codes found by recovery from the {starts} nearest of {DRAWS} samples in"
    found = nearest if starts else "refined by"
    by_steps = f" {found} {refined['steps']} steps on {refined['images']:,} of them;"
    perception = measurement.get("perception")  # only with its optional package
    by_it = ""
    if perception:
        by_it = f", those of Lite0 of `{perception['network']}` on {perception['images']:,} of them"
    return (
        f"On {measurement['images']:,} images of {', '.join(measurement['data'])};"
        f"{by_steps if refined['steps'] else ''} Frechet distances on the features of "
        f"`{measurement['features']}`{by_it}."
    )


def measured_on_each(measurements: dict[str, dict]) -> str:
    """`measured_on` of several checkpoints by title, one line for those that agree."""
    notes: dict[str, list[str]] = {}
    for title, each in measurements.items():
        notes.setdefault(measured_on(each), []).append(title)
    lines = [f"{', '.join(titles)}: {note}" for note, titles in notes.items()]
    return "\n".join(lines if len(notes) > 1 else notes)
