"""`python -m training fit | evaluate | frameworks`."""

import argparse
import json
import sys
from inspect import getdoc

from training import config as settings
from training.card import write_card
from training.errors import UserError, choose
from training.evaluate import FIGURES, evaluate, save
from training.frameworks import FRAMEWORKS


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    verbs = root.add_subparsers(dest="verb", required=True)
    _add_fit(verbs.add_parser("fit", help="train a system on images"))
    _add_evaluate(verbs.add_parser("evaluate", help="measure a checkpoint"))
    verbs.add_parser("frameworks", help="list the systems with their objectives").set_defaults(
        run=frameworks
    )
    return root


def _add_fit(fit_parser: argparse.ArgumentParser) -> None:
    fit_parser.add_argument("framework", help=" | ".join(FRAMEWORKS))
    presets = ", ".join(settings.PRESETS)
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
    add("--json", action="store_true", help="print JSON")
    add("--save", action="store_true", help="write metrics.json and the card beside the weights")
    evaluate_parser.set_defaults(run=run_evaluate)


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
    )
    if arguments.save:
        save(arguments.checkpoint, result)
        write_card(arguments.checkpoint)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{result['images']} images, features of {result['features']}")
    for name, value in result["figures"].items():
        print(f"{name:24} {value:10.5f}   {FIGURES[name]}")


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
        print("\nStopped; --resume goes on from the last checkpoint.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
