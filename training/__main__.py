"""`python -m training fit | evaluate | compare | campaign | directions | features | benchmark |
frameworks`."""

import argparse
import json
import sys
from inspect import getdoc
from pathlib import Path

from training import checkpoints
from training import config as settings
from training.campaigns.plans import CAMPAIGNS
from training.codes import directions as attributes
from training.errors import UserError, choose
from training.frameworks import FRAMEWORKS
from training.measure import features
from training.measure.evaluate import evaluate, save
from training.measure.figures import FIGURES
from training.report.card import write_card
from training.report.tables import renew


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    verbs = root.add_subparsers(dest="verb", required=True)
    _add_fit(verbs.add_parser("fit", help="train a system on images"))
    _add_evaluate(verbs.add_parser("evaluate", help="measure a checkpoint"))
    _add_compare(verbs.add_parser("compare", help="measure a set of checkpoints as one table"))
    _add_directions(verbs.add_parser("directions", help="find a checkpoint's directions anew"))
    _add_campaign(verbs.add_parser("campaign", help="train, measure and ship a set"))
    _add_features(verbs.add_parser("features", help="teach the Frechet distance's network anew"))
    _add_benchmark(verbs.add_parser("benchmark", help="measure how fast training is"))
    verbs.add_parser("frameworks", help="list the systems with their objectives").set_defaults(
        run=frameworks
    )
    return root


def _add_fit(fit_parser: argparse.ArgumentParser) -> None:
    fit_parser.add_argument("framework", help=" | ".join(FRAMEWORKS))
    own = [preset for framework in FRAMEWORKS.values() for preset in framework.presets]
    presets = ", ".join(dict.fromkeys([*settings.PRESETS, *own]))  # some have their paper's
    fit_parser.add_argument("--preset", default="paper", help=f"{presets} (default: paper)")
    fit_parser.add_argument("--resume", action="store_true", help="go on where --out stood")
    fit_parser.add_argument(
        "--dry-run", action="store_true", help="print the resolved configuration as JSON, and stop"
    )
    settings.add_options(fit_parser)
    fit_parser.set_defaults(run=fit)


def _add_evaluate(evaluate_parser: argparse.ArgumentParser) -> None:
    add = evaluate_parser.add_argument
    add("checkpoint", help="a checkpoint's directory")
    add("--data", nargs="+", required=True, help="images: folder, zips, or a dataset's name")
    add("--data-root", default="data", help="where torchvision datasets lie")
    add("--device", default="cpu", help="cpu or cuda (default: cpu)")
    add("--refine-steps", type=int, default=50, help="steps of refinement (default: 50)")
    add("--refine-images", type=int, default=1024, help="images to refine (default: 1024)")
    add("--seed", type=int, default=0, help="of the samples (default: 0)")
    classes = "'classes' where it was trained with those"
    labels = f"what tells classes is held against: a table, 'classes' or '' (default: {classes})"
    add("--attributes", help=labels)
    add("--json", action="store_true", help="print JSON")
    add("--save", action="store_true", help="write metrics.json and the card beside the weights")
    evaluate_parser.set_defaults(run=run_evaluate)


def _add_compare(compare_parser: argparse.ArgumentParser) -> None:
    add = compare_parser.add_argument
    add("set", type=Path, help="a folder of checkpoints, such as checkpoints/celeba32")
    add("--data", nargs="+", required=True, help="images: folder, zips, or a dataset's name")
    gallery = "labelled images to look faces up in (default: those whose codes the set has)"
    add("--gallery", nargs="+", default=(), help=gallery)
    add("--attributes", default="", help="the labels of --gallery: a table, or 'classes'")
    add("--data-root", default="data", help="where torchvision datasets lie")
    add("--device", default="cpu", help="cpu or cuda (default: cpu)")
    add("--out", type=Path, help="folder for compare.md and compare.json (default: the set's)")
    readme = "document whose table of the set is renewed, between its marks"
    add("--readme", type=Path, metavar="FILE", help=readme)
    add("--json", action="store_true", help="print JSON")
    compare_parser.set_defaults(run=run_compare)


def _add_directions(directions_parser: argparse.ArgumentParser) -> None:
    directions_parser.add_argument("checkpoint", help="a checkpoint's directory, with its codes")
    directions_parser.set_defaults(run=directions)


def _add_features(features_parser: argparse.ArgumentParser) -> None:
    add = features_parser.add_argument
    add("--data", nargs="+", required=True, help="CIFAR-10: zips with a folder a class, or cifar10")
    add("--held-out", nargs="+", required=True, help="the same of its test images")
    add("--epochs", type=int, default=8, help="times through the images (default: 8)")
    features_parser.set_defaults(run=teach)


def _add_campaign(campaign_parser: argparse.ArgumentParser) -> None:
    add = campaign_parser.add_argument
    add("name", help=" | ".join(CAMPAIGNS))
    add("--data-dir", type=Path, default="data", help="folder of the data (default: data)")
    add("--work", type=Path, default="runs", help="what it goes on from (default: runs)")
    add("--into", type=Path, default="checkpoints", help="what ships (default: checkpoints)")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    add("--only", nargs="+", default=(), metavar="RUN", help="these runs of the set (default: all)")
    add("--dry-run", action="store_true", help="print the runs and how far they are, and stop")
    campaign_parser.set_defaults(run=run_campaign)


def _add_benchmark(benchmark_parser: argparse.ArgumentParser) -> None:
    add = benchmark_parser.add_argument
    add("--frameworks", nargs="+", default=["faae", "aae"], help="systems (default: faae aae)")
    presets = ", ".join(settings.PRESETS)
    add("--preset", default="small", help=f"{presets} (default: small)")
    add("--device", default="cpu", help="cpu or cuda (default: cpu); a CPU works with one thread")
    add("--rounds", type=int, default=5, help="rounds, in each a turn for all (default: 5)")
    steps = "training steps a turn, a multiple of the preset's --r1-every (default: 16)"
    add("--steps", type=int, default=16, help=steps)
    add("--compile", action="store_true", help="G and E through torch.compile, in our steps")
    add("--json", action="store_true", help="print JSON")
    benchmark_parser.set_defaults(run=run_benchmark)


def fit(arguments: argparse.Namespace) -> None:
    choose("framework", arguments.framework, FRAMEWORKS)
    framework = FRAMEWORKS[arguments.framework]
    config = settings.resolve(framework, arguments.preset, vars(arguments))
    if arguments.dry_run:
        print(json.dumps(settings.to_dict(config), indent=2))
        return
    from training.loop import fit as train

    train(config, arguments.resume)


def run_evaluate(arguments: argparse.Namespace) -> None:
    result = evaluate(
        arguments.checkpoint,
        tuple(arguments.data),
        arguments.device,
        arguments.refine_steps,
        arguments.refine_images,
        arguments.seed,
        arguments.data_root,
        arguments.attributes,
    )
    if arguments.save:
        save(arguments.checkpoint, result)
        write_card(arguments.checkpoint)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{result['images']} images, features of {result['features']}")
    for name, value in result["figures"].items():
        print(f"{name:24} {value:10.5f}   {FIGURES[name].words}")


def run_compare(arguments: argparse.Namespace) -> None:
    from training.report.compare import Request, compare
    from training.report.page import page

    sources = tuple(arguments.data), tuple(arguments.gallery), arguments.attributes
    request = Request(*sources, arguments.data_root, arguments.device)
    readme, mark = arguments.readme, f"compare:{arguments.set.resolve().name}"
    if readme and not (readme.is_file() and f"<!-- {mark} -->" in readme.read_text("utf-8")):
        raise UserError(f"'{readme}' has no place for the table: <!-- {mark} --> <!-- end -->.")
    content = compare(arguments.set, request, arguments.out)
    table = page(content)
    if readme:
        renew(readme, mark, table)
    print(json.dumps(content, indent=2) if arguments.json else table)


def directions(arguments: argparse.Namespace) -> None:
    for name, found in checkpoints.find_anew(arguments.checkpoint).directions.items():
        auc, d, random = (each.nanmean() for each in (found.auc, found.cohens_d, found.random_d))
        title = attributes.METHODS[name].title
        print(f"{title:20} AUC {auc:.3f}, Cohen's d {d:.2f} (random {random:.2f}), means")


def teach(arguments: argparse.Namespace) -> None:
    network = features.teach(tuple(arguments.data), arguments.epochs)
    features.write(network)
    share = features.accuracy(network, tuple(arguments.held_out))
    print(f"{network.name} names {share:.1%} of the held-out images: {features.WEIGHTS}")


def run_campaign(arguments: argparse.Namespace) -> None:
    from training.campaigns import run as campaign

    given = arguments
    places = (given.data_dir, given.work, given.into)
    site = campaign.site_of(given.name, *places, given.device)
    campaign.run(site, tuple(given.only), given.dry_run)


def run_benchmark(arguments: argparse.Namespace) -> None:
    from training.benchmark.step import benchmark, table

    choice = arguments.frameworks, arguments.preset, arguments.device
    result = benchmark(*choice, arguments.rounds, arguments.steps, arguments.compile)
    print(json.dumps(result, indent=2) if arguments.json else table(result))


def frameworks(_: argparse.Namespace) -> None:
    for name, framework in FRAMEWORKS.items():
        print(f"{name}: {framework.title}\n\n{getdoc(framework)}\n")


def main() -> int:
    arguments = parser().parse_args()
    try:
        arguments.run(arguments)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        how = "the same command" if arguments.verb in ("campaign", "compare") else "--resume"
        print(f"\nStopped; {how} goes on from the last checkpoint.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
