"""Systems that tell classes apart, and the figures of how well."""

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import one_hot

from tests.training.conftest import CLASSES, config_of, draw, heeded
from training import loop
from training.checkpoints import Latents
from training.data import ImageSet
from training.data.labels import with_labels
from training.errors import UserError
from training.frameworks import FRAMEWORKS
from training.measure.classes import class_figures
from training.measure.evaluate import evaluate

TELLING = [name for name in FRAMEWORKS if FRAMEWORKS[name](config_of(name)).classes]


def make(name: str, **overrides):
    torch.manual_seed(0)
    return FRAMEWORKS[name](config_of(name, **overrides)).eval()


@pytest.mark.parametrize("name", TELLING)
def test_every_image_is_told_to_be_of_a_class(name):
    framework, x = make(name), torch.rand(6, 3, 32, 32)
    with torch.no_grad():
        told = framework.class_of(framework.encode(x))
    assert told.shape == (6,) and told.dtype == torch.long
    assert told.min() >= 0 and told.max() < len(framework.classes)


@pytest.mark.parametrize("name", [n for n in FRAMEWORKS if make(n).code_labels])
def test_the_labels_of_a_code_are_its_end_and_reach_the_image(name):
    framework = make(name)
    names, exclusive = framework.code_labels
    z = framework.prior.sample(4, torch.Generator().manual_seed(0))
    labels = z[:, -len(names) :]
    assert ((labels == 0) | (labels == 1)).all()
    assert not exclusive or (labels.sum(dim=1) == 1).all()
    other = torch.cat([z[:, : -len(names)], labels.roll(1, dims=1)], dim=1)
    with torch.no_grad():
        assert not torch.allclose(framework.decode(z), framework.decode(other))


def test_the_class_found_by_synthesis_is_the_one_that_reconstructs_best():
    framework = make("aae-supervised", norm="none")
    x = torch.rand(5, 3, 32, 32)
    with torch.no_grad():
        framework.G.stem.weight[:, -3:] *= 50  # so that the class matters
        z = framework.encode(x)
        z_hat, y_hat = framework.prior.split(z)
        for index in range(5):
            codes = torch.cat([z_hat[index].expand(3, -1), torch.eye(3)], dim=1)
            errors = (framework.decode(codes) - x[index]).square().flatten(1).mean(dim=1)
            assert y_hat[index].argmax() == errors.argmin() == framework.class_of(z)[index]


class Seeing(torch.nn.Module):
    """Tells images by their first pixel."""

    device = torch.device("cpu")

    def __init__(self, classes: tuple[str, ...], needs_labels: bool):
        super().__init__()
        self.classes, self.needs_labels = classes, needs_labels

    def encode(self, x):
        return x[:, 0, 0, :1] * 255

    def class_of(self, z):
        return z[:, 0].round().long()


def labelled(told: list[int], real: list[int]) -> ImageSet:
    images = torch.tensor(told, dtype=torch.uint8)[:, None, None, None].expand(-1, 3, 4, 4)
    labels = one_hot(torch.tensor(real), 3).bool()
    known = torch.ones(len(told), dtype=torch.bool)
    return ImageSet(images, [], labels=labels, attributes=CLASSES, labelled=known)


def test_figures_of_named_classes():
    images = labelled(told=[0, 0, 1, 1, 2, 2, 2, 0], real=[0, 0, 1, 1, 2, 2, 0, 2])
    figures = class_figures(Seeing(CLASSES, needs_labels=True), images)
    assert figures == pytest.approx(
        {"class_error": 2 / 8, "class_share": 2 / 3, "class_found": 2 / 3}
    )
    turned = Seeing(CLASSES[::-1], needs_labels=True)
    assert class_figures(turned, images)["class_error"] == pytest.approx(1 / 2)
    other = Seeing(("disc", "square", "gnome"), needs_labels=True)
    with pytest.raises(UserError, match="no class among these images 'gnome'"):
        class_figures(other, images)


def test_clusters_stand_for_what_most_training_images_in_them_are():
    codes = torch.tensor([0, 0, 0, 1, 2, 2, 3])[:, None].float()
    labels = one_hot(torch.tensor([0, 0, 1, 0, 2, 2, 1]), 3).bool()
    training = Latents(codes, labels, names=CLASSES[::-1], directions={})
    images = labelled(told=[0, 1, 2, 3, 3], real=[2, 2, 0, 1, 0])
    clusters = Seeing(("1", "2", "3", "4"), needs_labels=False)
    figures = class_figures(clusters, images, training)
    assert figures["class_error"] == pytest.approx(1 / 5)
    assert figures["class_share"] == pytest.approx(1 / 2)
    mapped = Latents(codes, labels[:0, :0], names=(), directions={})
    for without in (None, mapped):
        with pytest.raises(UserError, match="train with --attributes"):
            class_figures(clusters, images, without)


@pytest.mark.parametrize("name", ["aae-labels", "aae-cluster"])
def test_evaluate_holds_what_is_told_against_the_classes_of_the_data(name, tmp_path):
    pictures, run = tmp_path / "pictures", tmp_path / "run"
    for index in range(20):
        place = pictures / CLASSES[index % 2]
        place.mkdir(parents=True, exist_ok=True)
        draw(index).save(place / f"{index}.png")
    size = 2 if name == "aae-labels" else 4
    settings = {"data": (str(pictures),), "attributes": "classes", "epochs": 1}
    settings |= heeded(FRAMEWORKS[name], {"labels": ()})
    loop.fit(config_of(name, **settings, latent_size=size, out=str(run)))
    found = {"class_error", "class_share", "class_found"}
    figures = evaluate(run, (str(pictures),), refine_steps=0)["figures"]
    assert found <= figures.keys() and found & set(FRAMEWORKS[name].judged_by)
    assert all(0 <= figures[figure] <= 1 for figure in found)
    one_class = (str(pictures / CLASSES[0]),)
    assert not found & evaluate(run, one_class, refine_steps=0, attributes="")["figures"].keys()
    with pytest.raises(UserError, match="--attributes classes needs a folder a class"):
        evaluate(run, one_class, refine_steps=0)


def test_only_the_classes_that_a_system_knows_count():
    images = labelled(told=[0, 1, 2, 1], real=[0, 1, 2, 2])
    outdoor = torch.tensor([[True], [False], [True], [True]])
    wider = replace(
        images,
        labels=torch.cat([outdoor, images.labels], dim=1),
        attributes=("outdoor", *images.attributes),
    )
    system = Seeing(CLASSES, needs_labels=True)
    assert class_figures(system, wider) == class_figures(system, images)
    two = images.labels | torch.eye(4, 3).bool().roll(1, dims=1)
    with pytest.raises(UserError, match="exactly one of the classes"):
        class_figures(system, replace(images, labels=two))


@pytest.mark.parametrize("needs_labels", [True, False])
def test_images_without_one_of_the_classes_have_no_recall_of_it(needs_labels):
    images = labelled(told=[0, 2, 1], real=[0, 2, 2])
    training = Latents(torch.arange(3.0)[:, None], torch.eye(3).bool(), CLASSES, directions={})
    system = Seeing(CLASSES, needs_labels)
    with pytest.raises(UserError, match=f"None of these images is of class {CLASSES[1]}: give"):
        class_figures(system, images, training)


@pytest.mark.parametrize("name", [n for n in FRAMEWORKS if FRAMEWORKS[n].needs_labels])
def test_missing_labels_are_one_sentence(name, folder, tmp_path):
    config = config_of(name, data=(str(folder),), out=str(tmp_path / "run"), labels=())
    with pytest.raises(UserError, match="learns from labels: give --attributes"):
        loop.fit(config)


def test_classes_are_exclusive(images):
    both = images.labels.clone()
    both[0] = True
    config = config_of("aae-semi")
    with pytest.raises(UserError, match="exactly one"):
        with_labels(config, replace(images, labels=both), exclusive=True)
    known = images.labelled.clone()
    known[0] = False
    unknown = replace(images, labels=both, labelled=known)
    assert with_labels(config, unknown, exclusive=True).labels == CLASSES


@pytest.mark.parametrize(
    ("name", "overrides", "message"),
    [
        ("aae-labels", {"latent_size": 3}, "give --latent-size 2"),
        ("vae", {"prior": "sphere"}, "no value for --prior 'sphere'; choose from: normal"),
    ],
)
def test_a_prior_that_a_system_cannot_have(name, overrides, message):
    with pytest.raises(UserError, match=message):
        make(name, **overrides)
