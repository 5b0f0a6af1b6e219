"""The results of `compare` as a page: the table, how it was measured, and the claims."""

from collections.abc import Collection, Iterator

from training.measure.figures import COMPARE, FIGURES, columns
from training.report.card import FLATTERED, measured_on_each
from training.report.expectations import CELLS, cells
from training.report.tables import in_bold, markdown, number

AT_ONCE, AT_ONCE_RECOVERED = 256, 16  # batch sizes where speed is measured


def page(content: dict) -> str:
    """The content of compare.json in Markdown."""
    rows, speed = content["systems"].values(), content["speed"]
    figures = [row["figures"] for row in rows]
    known = [each for each in columns(COMPARE) if any(each.name in row for row in figures)]
    cells_of = [
        [row["title"] for row in rows],
        [row["codes_by"] for row in rows],
        [f"{row['images_seen'] / 1e6:.2f}" for row in rows],
        *(in_bold(each.name, [row.get(each.name) for row in figures]) for each in known),
        [f"{speed['images_per_s'][name]:,.0f}" for name in content["systems"]],
    ]
    shorts = [each.short for each in known]
    header = ["system", "codes by", "images seen, million", *shorts, "images/s"]
    parts = [
        markdown(header, [*zip(*cells_of, strict=True)]),
        measured_on_each({row["title"]: row for row in rows}),
        "\n".join(_notes(rows, speed["hardware"])),
        "<details><summary>What the columns say</summary>",
        "\n".join(f"- {each.short}: {each.words}" for each in known),
        "</details>",
        *_expected(content),
    ]
    return "\n\n".join(parts)


def _notes(rows: Collection[dict], hardware: str) -> Iterator[str]:
    """How the figures that `evaluate` does not measure were obtained."""
    yield _trained(rows)
    yield f"Images/s: images encoded and decoded per second on {hardware}, {AT_ONCE} at a time."
    if any(row["codes_by"] == "recovery" for row in rows):
        yield (
            "Systems with `recovery` have no encoder: their codes are found by gradient descent "
            f"from random codes, for images/s {AT_ONCE_RECOVERED} at a time. The refined codes of "
            "the others start from the encoder's."
        )
    seeing = [row["title"] for row in rows if row.get("settings", {}).get("d_features")]
    if seeing:
        yield FLATTERED.format(titles=", ".join(seeing))
    galleries = [row["gallery"] for row in rows if row["gallery"]]
    for gallery in {gallery["images"]: gallery for gallery in galleries}.values():
        by_dhash = (
            f", the nearest by dHash in {number(gallery['dhash'])}" if "dhash" in gallery else ""
        )
        yield (
            f"Labels: each of {gallery['images']:,} images with {gallery['attributes']} attributes "
            "is compared with the one of the nearest code; unrelated images agree in "
            f"{number(gallery['chance'])} of the attributes{by_dhash}."
        )


def _trained(rows: Collection[dict]) -> str:
    """Hardware and duration; for a run that started from another's networks, of its own part."""
    by_hardware: dict[str, list[str]] = {}
    for row in rows:
        own, all_of_them = row["trained"]["images_seen"], row["images_seen"]
        part = f" (the last {own / 1e6:.2f} million images)" if own < all_of_them else ""
        run = f"{row['title']} {row['trained']['hours']:g} hours{part}"
        by_hardware.setdefault(row["trained"]["hardware"], []).append(run)
    parts = [f"on {name}: {', '.join(each)}" for name, each in by_hardware.items()]
    return f"Trained {'; '.join(parts)}."


def _expected(content: dict) -> Iterator[str]:
    """The claims with their outcomes, the papers' figures with ours, and those without one."""
    if content["claims"]:
        yield "Claims of the papers, where they are cited, and limits set by this project:"
        yield "\n".join(map(_claim, content["claims"]))
    if content["printed"]:
        found = content["printed"]
        rows = [(each["system"], FIGURES[each["figure"]].short, *cells(each)) for each in found]
        yield "The papers' figures and ours:"
        yield markdown(("system", "figure", *CELLS), rows)
    if content["apart"]:
        yield content["apart"]


def _claim(claim: dict) -> str:
    several = len({each["figure"] for each in claim["figures"]}) > 1
    shown = []
    for each in claim["figures"]:
        what = f" {FIGURES[each['figure']].short}" if several else ""
        shown.append(f"{each['system']}{what} {number(each['value'])}")
    return f"- **{claim['outcome']}**: {claim['words']}{': ' if shown else ''}{'; '.join(shown)}."
