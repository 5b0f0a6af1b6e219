"""One table of a model set: a row for each system, all measured on the same images.

The figures of `evaluate` come from a checkpoint's metrics.json if that was measured on these
images. All results are kept in compare.json, so that a second call only measures what has changed.

Notation: x images, z codes from the prior. Three cycles: from x to G(E(x)), whose error is the MSE;
from z to E(G(z)), the code cycle; from G(z) to G(E(G(z))), the sample cycle.
"""

import hashlib
import math
import platform
import sys
from functools import lru_cache
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import torch
from torch import Tensor

from training import checkpoints, data
from training.checkpoints import (
    Latents,
    encode_all,
    read_json,
    read_metrics,
    write_atomically,
    write_json,
)
from training.checkpoints.packing import pack
from training.codes.inversion import recover
from training.data import ImageSet
from training.data.batches import step_generator
from training.distributed import device_named
from training.errors import UserError
from training.frameworks import FRAMEWORKS, Framework
from training.measure import metrics
from training.measure.evaluate import evaluate, on_file
from training.measure.figures import kept
from training.report.expectations import applicable, checked, expected, with_ours
from training.report.page import AT_ONCE, AT_ONCE_RECOVERED, page
from training.report.tables import headings

PAGE, TABLE = "compare.md", "compare.json"
STEPS, REFINED = 50, 1024  # steps of refinement or recovery, and on how many images
CODES = 1024  # for the sample cycle
TURNS = 5  # for the speed
PROBE = "logistic"
OWN = ("code_cycle", "sample_cycle", "probe_auc", "label_agreement")
EVALUATED = ("figures", "images", "refined", "data", "features", "perception", "weights_sha256")
TRAINED = ("images_seen", "hours", "hardware")
# Results hold while these are equal; rows of earlier versions lack the latents' digest
KEPT_FOR = ("weights_sha256", "data", "gallery_files", "latents_sha256")


class Request(NamedTuple):
    """sources: images to measure on, of a named dataset those held out; gallery, attributes:
    labelled images among which nearest codes are searched, of a named dataset those of training, as
    kept codes are, and their labels (or () and ""); root: folder of torchvision's datasets."""

    sources: tuple[str, ...]
    gallery: tuple[str, ...] = ()
    attributes: str = ""
    root: str = "data"
    device: str = "cpu"


def compare(model_set: str | Path, request: Request, out: Path | None = None) -> dict:
    """Measures what is not known yet of a folder of checkpoints, writes compare.md and compare.json
    into `out`, by default the same folder, and returns the latter's content. Raises UserError."""
    model_set = Path(model_set)
    directories, out = _checkpoints(model_set), Path(out or model_set)
    if bool(request.gallery) != bool(request.attributes):
        raise UserError("Give --gallery its labels: --attributes a table, or 'classes'.")
    data.count(request.gallery, request.root)  # raises if one is missing
    files = data.count(request.sources, request.root, train=False)
    former = read_json(out / TABLE)
    known, rows = former.get("systems", {}), {}
    for name, directory in directories.items():
        rows[name] = _row(directory, request, files, known.get(name, {}))
        write_json(out / TABLE, {"systems": known | rows})
    titles = headings([(row["title"], name) for name, row in rows.items()])
    for row, title in zip(rows.values(), titles, strict=True):
        row["title"] = title
    wanted, systems = expected(request.sources), [*rows.values()]
    content = {
        "systems": rows,
        "speed": _speed(directories, rows, request, former.get("speed", {})),
        "claims": [checked(claim, systems) for claim in applicable(wanted.claims, systems)],
        "printed": [each for one in wanted.printed if (each := with_ours(one, systems))],
        "apart": wanted.apart,
    }
    write_json(out / TABLE, content)
    text = f"# {model_set.resolve().name}\n\n{page(content)}\n"
    write_atomically(out / PAGE, lambda p: p.write_text(text, encoding="utf-8"))
    return content


def _checkpoints(model_set: Path) -> dict[str, Path]:
    """Checkpoints by name, in the order of the registry."""
    if (model_set / checkpoints.CONFIG).is_file():
        raise UserError(f"'{model_set}' is one checkpoint: give the set, the folder that it is in.")
    if not model_set.is_dir():
        raise UserError(f"There is no model set '{model_set}'; give a folder of checkpoints.")
    found = sorted(path.parent for path in model_set.glob(f"*/{checkpoints.CONFIG}"))
    if not found:
        raise UserError(f"'{model_set}' holds no checkpoint; give a folder of checkpoints.")
    order = [*FRAMEWORKS]
    found.sort(key=lambda path: order.index(checkpoints.read_config(path)["framework"]))
    return {path.name: path for path in found}


def _row(directory: Path, request: Request, files: int, former: dict) -> dict:
    """The results of one checkpoint on so many `files`, from `former` as far as that holds."""
    content = checkpoints.read_config(directory)
    system = FRAMEWORKS[content["framework"]]
    labelled = (*request.gallery, request.attributes)
    row = {
        "title": system.title,
        "framework": system.id,
        "settings": content["settings"],
        "codes_by": "encoder" if system.encodes else "recovery",
        "images_seen": checkpoints.images_seen(content["trained"]),
        "trained": {name: content["trained"][name] for name in TRAINED},
        **_evaluated(directory, content, request, files, former),
        "gallery_files": [Path(name).name for name in labelled if name],
        "latents_sha256": _digest(checkpoints.read_latents(directory)),
    }
    if "gallery" in former and all(former.get(key, row[key]) == row[key] for key in KEPT_FOR):
        row["figures"] |= {n: former["figures"][n] for n in OWN if n in former["figures"]}
        return row | {"gallery": former["gallery"]}
    print(f"{directory}: cycles, nearest images", file=sys.stderr)
    framework, _ = checkpoints.read(directory, device_named(request.device))
    gallery, figures = _label_figures(directory, framework, request)
    if framework.encodes:
        figures |= _cycles(framework, row["figures"].get("reencoding_error", math.nan))
    row["figures"] |= kept(figures)
    return row | {"gallery": gallery}


def _digest(latents: Latents | None) -> str:
    """SHA-256 of what the figures are of, codes, labels and directions of the labelled images, ""
    of none: a map, or other images on it, change nothing."""
    if latents is None:
        return ""
    # a code by its 8 bits, as its scale may change in the last place where the file is written anew
    codes = pack({"codes": latents.labelled}, "int8")["codes"]
    each = [vars(directions).values() for directions in latents.directions.values()]
    found = hashlib.sha256()
    for tensor in (codes, latents.labels, *chain(*each)):
        found.update(tensor.contiguous().numpy().tobytes())
    return found.hexdigest()


def _evaluated(directory: Path, content: dict, request: Request, files: int, former: dict) -> dict:
    """The figures of `evaluate`: those on file if they still hold, otherwise measured now."""
    sources = request.sources
    for found in (read_metrics(directory), former):
        if on_file(content, sources, files, found):
            refined = found["refined"]
            if (refined["steps"], refined["images"]) == (STEPS, min(REFINED, found["images"])):
                break
    else:
        print(f"{directory}: figures of evaluate, which takes minutes", file=sys.stderr)
        found = evaluate(directory, sources, request.device, STEPS, REFINED, root=request.root)
    figures = {name: value for name, value in found["figures"].items() if name not in OWN}
    return {name: found[name] for name in EVALUATED if name in found} | {"figures": figures}


@torch.no_grad()
def _cycles(framework: Framework, reencoding_error: float) -> dict[str, float]:
    z = _codes(framework, CODES)
    samples = map(framework.decode, z.split(AT_ONCE))
    errors = [metrics.mse(x, framework.decode(framework.encode(x))) for x in samples]
    unrelated = 2 * z.var(dim=0).sum().item()  # E||z - z'||^2
    sample_cycle = torch.cat(errors).mean().item()
    return {"code_cycle": reencoding_error / unrelated, "sample_cycle": sample_cycle}


def _codes(framework: Framework, count: int) -> Tensor:
    return framework.prior.sample(count, step_generator(0, 0)).to(framework.device)


def _speed(
    directories: dict[str, Path], rows: dict[str, dict], request: Request, former: dict
) -> dict:
    """Images per second of all systems, measured one after the other. If one is missing, all are
    measured again, since the speed of a machine varies from day to day."""
    device = device_named(request.device)
    cpu = f"a CPU ({platform.machine()}; threads: {torch.get_num_threads()})"
    wanted = {
        "hardware": torch.cuda.get_device_name(device) if device.type == "cuda" else cpu,
        "weights": {name: row["weights_sha256"] for name, row in rows.items()},
    }
    if wanted.items() <= former.items():
        return former
    print("speed of all", file=sys.stderr)
    rates = {}
    for name, directory in directories.items():
        framework, _ = checkpoints.read(directory, device)
        rates[name] = round(_images_per_s(framework), 1)
    return {**wanted, "images_per_s": rates}


@torch.no_grad()
def _images_per_s(framework: Framework) -> float:
    """Speed from image to code and back, for one batch of samples, the fastest of some turns."""
    x = framework.decode(_codes(framework, AT_ONCE if framework.encodes else AT_ONCE_RECOVERED))

    def seconds() -> float:
        start = perf_counter()
        z = framework.encode(x) if framework.encodes else recover(framework, x, STEPS)
        framework.decode(z).cpu()  # waits for the device
        return perf_counter() - start

    return len(x) / min(seconds() for _ in range(TURNS if framework.encodes else 1))


def _label_figures(
    directory: Path, framework: Framework, request: Request
) -> tuple[dict, dict[str, float]]:
    """Facts of the labelled images, and how well their codes predict their labels: of --gallery,
    otherwise of the images whose codes the checkpoint has."""
    latents, figures = checkpoints.read_latents(directory, framework.prior.size), {}
    if latents and PROBE in latents.directions:
        auc = latents.directions[PROBE].auc
        figures = {"probe_auc": auc.nanmean().item()} if not auc.isnan().all() else {}
    if not framework.encodes:
        return {}, figures
    if request.gallery:
        images = _labelled(request, framework.config.image_size, framework.config.crop)
        bits = torch.cat([metrics.dhash(part / 255) for part in images.images.split(AT_ONCE)])
        codes = encode_all(framework.encode, images.images, framework.device)
        labels = images.labels
        by_dhash = {"dhash": metrics.label_agreement(bits.float(), labels)}
    elif latents and latents.labels.numel():
        codes, labels, by_dhash = latents.labelled, latents.labels, {}
    else:
        return {}, figures
    gallery = {"images": len(codes), "attributes": labels.shape[1], **by_dhash}
    gallery["chance"] = metrics.chance_agreement(labels)
    return gallery, figures | {"label_agreement": metrics.label_agreement(codes, labels)}


@lru_cache(maxsize=1)
def _labelled(request: Request, image_size: int, crop: str) -> ImageSet:
    """The labelled images of --gallery."""
    found = data.load(request.gallery, image_size, crop, request.attributes, root=request.root)
    return ImageSet(found.images[found.labelled], [], found.labels[found.labelled])
