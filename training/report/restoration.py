"""How well damaged images are restored by a system, beside methods that know only the damage."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from training import data
from training.checkpoints import read
from training.codes.damage import BOX, Blur, Damage, LowResolution, Noise, Region, boxed
from training.codes.inversion import recover, refine
from training.distributed import device_named
from training.errors import UserError
from training.frameworks import Framework
from training.measure import metrics
from training.report.tables import headings, markdown

BATCH = 32
STEPS = 20
# The damages of the table, for images of a side in px
MEASURED: dict[str, Callable[[int], Damage]] = {
    "blur, 5 % of the width": lambda side: Blur(5),
    "noise, 10 % of the range": lambda side: Noise(10),
    "noise, 20 % of the range": lambda side: Noise(20),
    "resolution divided by 2": lambda side: LowResolution(2),
    "resolution divided by 4": lambda side: LowResolution(4),
    "middle painted out": lambda side: Region(boxed(BOX, side)),
}


def found(framework: Framework, damage: Damage, y: Tensor, steps: int = STEPS) -> Tensor:
    """Codes (B, n) whose images, damaged, come near to y: by descent from the code of the plainly
    restored image, or by recovery where there is no encoder."""
    if not framework.encodes:
        return recover(framework, y, steps, damage=damage)
    start = framework.encode(damage.first(y))
    return refine(framework, y, start, steps, damage=damage)


@torch.no_grad()
def restored(
    frameworks: dict[str, Framework], damage: Damage, y: Tensor, steps: int = STEPS
) -> Iterator[tuple[str, Tensor]]:
    """Images (B, 3, H, W) by method: y itself, each plain one, and of each system the encoder's
    answer, the image of the code that was found, and both together."""
    yield "as it is", y
    for name, plain in damage.plain.items():
        yield name, plain(y).clamp(0, 1)
    for title, framework in frameworks.items():
        if framework.encodes:
            yield f"{title}, encoder", framework.decode(framework.encode(y))
        g = framework.decode(found(framework, damage, y, steps))
        yield f"{title}, inversion", g
        yield f"{title}, restored", damage.restored(y, g)


def measure(
    frameworks: dict[str, Framework], x: Tensor, damage: Damage, steps: int = STEPS
) -> dict[str, dict[str, Tensor]]:
    """PSNR (dB) and SSIM (B,) of each method against the untouched images x."""
    parts: dict[str, dict[str, list]] = {}
    for at, batch in enumerate(x.split(BATCH)):
        for name, image in restored(frameworks, damage, damage.put_on(batch, seed=at), steps):
            known = parts.setdefault(name, {"psnr": [], "ssim": []})
            known["psnr"].append(metrics.psnr(image, batch))
            known["ssim"].append(metrics.ssim(image, batch))
    return {name: {k: torch.cat(v) for k, v in each.items()} for name, each in parts.items()}


def restoration(
    checkpoints: Sequence[str | Path],
    sources: tuple[str, ...],
    images: int = 200,
    steps: int = STEPS,
    root: str = "data",
    device: str = "cpu",
) -> dict:
    """For each damage of MEASURED and each method the mean PSNR (dB) and SSIM on the first
    `images` of `sources`, and on what share of them PSNR is above every plain method's. Raises
    UserError, also for checkpoints that do not take their images alike."""
    if not checkpoints:
        raise UserError("Give the folders of checkpoints.")
    target = device_named(device)
    read_all = [read(each, target)[0] for each in checkpoints]
    places = [Path(each) for each in checkpoints]
    called = [(f.title, c.name, str(c)) for f, c in zip(read_all, places, strict=True)]
    named = headings(called)
    frameworks = dict(zip(named, read_all, strict=True))
    size, crop = read_all[0].config.image_size, read_all[0].config.crop
    if any((each.config.image_size, each.config.crop) != (size, crop) for each in read_all):
        raise UserError(
            "The checkpoints are of different image sizes or crops: give those of one size and "
            "crop."
        )
    x = data.load(sources, size, crop, root=root, train=False).images[:images].to(target) / 255
    table = {}
    for said, made in MEASURED.items():
        damage = made(size)
        figures = measure(frameworks, x, damage, steps)
        plain = torch.stack([figures[name]["psnr"] for name in damage.plain]).amax(dim=0)
        table[said] = {
            name: {
                "psnr": round(each["psnr"].mean().item(), 2),
                "ssim": round(each["ssim"].mean().item(), 3),
                "above_plain": round((each["psnr"] > plain).float().mean().item(), 3),
            }
            for name, each in figures.items()
        }
    return {"images": len(x), "image_px": size, "steps": steps, "damages": table}


def page(content: dict) -> str:
    """The table as Markdown."""
    header = ("damage", "by", "PSNR (dB)", "SSIM", "above every plain method")
    rows = [
        (said, name, f"{f['psnr']:.2f}", f"{f['ssim']:.3f}", f"{f['above_plain']:.0%}")
        for said, methods in content["damages"].items()
        for name, f in methods.items()
    ]
    return markdown(header, rows)
