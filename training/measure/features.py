"""Feature networks of the Frechet distance."""

import hashlib
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, interpolate
from tqdm import trange

from training import data
from training.checkpoints import write_atomically
from training.checkpoints.packing import pack
from training.data.batches import Batches, step_generator
from training.data.labels import ImageSet
from training.errors import UserError
from training.memory import loading

INCEPTION = "inception_v3_google-0cc3c7bd.pth"
WEIGHTS = Path(__file__).parents[2] / "checkpoints" / "features.safetensors"
SHIPPED = "846a384e"  # its SHA-256 begins so
COUNT = 10  # of classes


class ObjectNet(nn.Module):
    """A small classifier of CIFAR-10, up to its pooled features, in place of the FID's Inception:
    (B, 3, H, W) in [0, 1] -> (B, 256). Its Frechet distances compare with each other only, never
    with published FIDs."""

    name = "cifar10-conv-256"

    def __init__(self):
        super().__init__()
        blocks = []
        for inputs, outputs in ((3, 32), (32, 64), (64, 128), (128, 256)):
            blocks += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)]
            blocks += [nn.BatchNorm2d(outputs), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        self.blocks = nn.Sequential(*blocks[:-1])  # 4x4 at 32 px
        self.head = nn.Linear(256, COUNT)

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(2 * x - 1).float().mean(dim=(2, 3))


class Inception(nn.Module):
    """`inception-v3`: torchvision's ImageNet network up to its pooled features, (B, 2048)."""

    name = "inception-v3"

    def __init__(self, weights: Path):
        super().__init__()
        from torchvision.models import inception_v3

        self.network = inception_v3(weights=None, init_weights=False, transform_input=True)
        damaged = f"'{weights}' is damaged: put a whole copy in its place, or remove it."
        with loading(weights, UserError(damaged)):
            self.network.load_state_dict(torch.load(weights, weights_only=True))
        self.network.fc = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = interpolate(x, (299, 299), mode="bilinear", antialias=True, align_corners=False)
        mean, deviation = x.new_tensor([0.485, 0.456, 0.406]), x.new_tensor([0.229, 0.224, 0.225])
        return self.network((x - mean[:, None, None]) / deviation[:, None, None])


def features_in_use() -> str:
    """The name of the feature network, which is not loaded for it; with a digest where its weights
    are others than the shipped ones, since their distances do not compare."""
    if _inception().is_file():
        return Inception.name
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:8] if WEIGHTS.is_file() else SHIPPED
    return ObjectNet.name if digest == SHIPPED else f"{ObjectNet.name}-{digest}"


def feature_network() -> nn.Module:
    """Inception where torch's hub folder holds its weights, otherwise ObjectNet; see `.name`.
    Raises UserError where the file is missing, damaged or cannot be read."""
    if _inception().is_file():
        return Inception(_inception()).eval()
    if not WEIGHTS.is_file():
        raise UserError(f"'{WEIGHTS}' is missing: `python -m training features` makes it anew.")
    network = ObjectNet()
    damaged = f"'{WEIGHTS}' is damaged: `python -m training features` makes it anew."
    with loading(WEIGHTS, UserError(damaged)):
        network.load_state_dict(load_file(WEIGHTS))
    network.name = features_in_use()
    return network.float().eval()


def _inception() -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / INCEPTION


def classified(sources: tuple[str, ...], train: bool = True) -> ImageSet:
    """Images of ten classes, 32 px. Raises UserError."""
    images = data.load(sources, 32, attributes=data.CLASSES, train=train)
    if images.labels.shape[1] != COUNT:
        raise UserError(f"Give pictures of {COUNT} classes, a folder each, such as CIFAR-10's.")
    return images


def teach(sources: tuple[str, ...], epochs: int = 8, seed: int = 0, lr: float = 2e-3) -> ObjectNet:
    """ObjectNet, trained to classify the ten classes of `sources` (32 px). Raises UserError."""
    images = classified(sources)
    torch.manual_seed(seed)
    network = ObjectNet().to(memory_format=torch.channels_last).train()
    batches = Batches(images.images, batch_size=128, flip=True, seed=seed)
    steps = epochs * batches.steps_per_epoch
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, steps)
    for step in trange(steps, desc="features", unit="steps", mininterval=2.0):
        x = batches.at(step, step_generator(seed, step))
        with torch.autocast("cpu", torch.bfloat16):
            logits = network.head(network(x))
        loss = cross_entropy(
            logits.float(), images.labels[batches.indices(step)].float(), label_smoothing=0.1
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


@torch.no_grad()
def accuracy(network: ObjectNet, images: ImageSet) -> float:
    """Share of the images that the network classifies correctly."""
    logits = [network.head(network(x.float() / 255)) for x in images.images.split(256)]
    return (torch.cat(logits).argmax(1) == images.labels.int().argmax(1)).float().mean().item()


def write(network: ObjectNet, path: Path = WEIGHTS) -> None:
    """Writes the weights in half precision."""
    write_atomically(path, partial(save_file, pack(network.state_dict(), "half")))
