"""What `compare` found of a set, as a page: the table, how it was measured, and what came of the
claims."""

from collections.abc import Collection, Iterator

from training.measure.figures import FIGURES
from training.report.card import measured_on_each
from training.report.expectations import CELLS, cells
from training.report.tables import in_bold, markdown, number

AT_ONCE, AT_ONCE_RECOVERED = 256, 16  # images in a batch, where a system's speed is measured
COLUMNS = {
    "mse": "MSE",
    "mse_refined": "refined MSE",
    "psnr": "PSNR",
    "ssim": "SSIM",
    "sharpness": "sharpness",
    "sample_sharpness": "of samples",
    "morph_middle": "morph",
    "code_cycle": "code cycle",
    "sample_cycle": "sample cycle",
    "dhash_generated": "dHash",
    "frechet": "Frechet",
    "probe_auc": "AUC",
    "label_agreement": "labels",
    "class_error": "class error",
    "class_share": "class share",
    "class_found": "class found",
}


def page(content: dict) -> str:
    """The table with what its columns say, how it was measured, and what came of the claims."""
    rows, speed = content["systems"].values(), content["speed"]
    figures = [row["figures"] for row in rows]
    names = [name for name in COLUMNS if any(name in each for each in figures)]
    columns = [
        [row["title"] for row in rows],
        [row["codes_by"] for row in rows],
        [f"{row['images_seen'] / 1e6:.2f}" for row in rows],
        *(in_bold(name, [each.get(name) for each in figures]) for name in names),
        [f"{speed['images_per_s'][name]:,.0f}" for name in content["systems"]],
    ]
    words = [COLUMNS[name] for name in names]
    header = ["system", "codes by", "images seen, million", *words, "images/s"]
    parts = [
        markdown(header, [*zip(*columns, strict=True)]),
        measured_on_each({row["title"]: row for row in rows}),
        "\n".join(_notes(rows, speed["hardware"])),
        _folded(
            "What the columns say",
            "\n".join(f"- {COLUMNS[name]}: {FIGURES[name].words}" for name in names),
        ),
        *_expected(content),
    ]
    return "\n\n".join(parts)


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _notes(rows: Collection[dict], hardware: str) -> Iterator[str]:
    """How the figures that are not of `evaluate` were obtained."""
    yield _trained(rows)
    yield f"Images/s: encoded and decoded in a second on {hardware}, {AT_ONCE} at once."
    if any(row["codes_by"] == "recovery" for row in rows):
        yield (
            "In rows of `recovery` there is no encoder, and codes are found by descent from random "
            f"ones, for images/s {AT_ONCE_RECOVERED} at once; elsewhere the encoder's are refined "
            "by `hybrid`."
        )
    galleries = [row["gallery"] for row in rows if row["gallery"]]
    for gallery in {gallery["images"]: gallery for gallery in galleries}.values():
        note = (
            f"Labels: of {gallery['images']:,} images with {gallery['attributes']} attributes each "
            f"is looked up among the others; unrelated ones share {number(gallery['chance'])}"
        )
        by_dhash = (
            f", the nearest by dHash {number(gallery['dhash'])}" if "dhash" in gallery else ""
        )
        yield f"{note} of them{by_dhash}."


def _trained(rows: Collection[dict]) -> str:
    """Where and how long; of a run that went on from another's networks, its own part."""
    by_hardware: dict[str, list[str]] = {}
    for row in rows:
        own, all_of_them = row["trained"]["images_seen"], row["images_seen"]
        part = f" (the last {own / 1e6:.2f} million images)" if own < all_of_them else ""
        said = f"{row['title']} {row['trained']['hours']:g} hours{part}"
        by_hardware.setdefault(row["trained"]["hardware"], []).append(said)
    said = [f"on {place}: {', '.join(each)}" for place, each in by_hardware.items()]
    return f"Trained {'; '.join(said)}."


def _expected(content: dict) -> Iterator[str]:
    """What came of the claims, the papers' figures with ours beside them, and what has no
    counterpart."""
    if content["claims"]:
        yield "What was expected:"
        yield "\n".join(map(_said, content["claims"]))
    if content["printed"]:
        rows = [
            (each["system"], COLUMNS[each["figure"]], *cells(each)) for each in content["printed"]
        ]
        yield "Beside the papers' figures:"
        yield markdown(("system", "figure", *CELLS), rows)
    if content["apart"]:
        yield content["apart"]


def _said(claim: dict) -> str:
    several = len({each["figure"] for each in claim["figures"]}) > 1
    shown = []
    for each in claim["figures"]:
        what = f" {COLUMNS[each['figure']]}" if several else ""
        shown.append(f"{each['system']}{what} {number(each['value'])}")
    return f"- **{claim['outcome']}**: {claim['words']}{': ' if shown else ''}{'; '.join(shown)}."
