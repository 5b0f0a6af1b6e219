"""The explanation of a system behind its info button, as HTML: a paragraph, data-flow diagrams and
the objective."""

import unicodedata
from collections.abc import Collection
from functools import cache
from html import escape
from inspect import getdoc

from training.frameworks import Flow, Framework

LETTER, PAD, GAP, ROW, HEIGHT = 8.6, 12, 30, 46, 30  # px


@cache
def explained(framework: type[Framework]) -> str:
    """The paragraph, the diagrams, and the objective from the docstring."""
    networks = framework.networks()
    drawings = "".join(drawing(flow, networks) for flow in framework.flows)
    objective = getdoc(framework).split("\n\n", 1)[1]
    return (
        f"<p>{escape(framework.explanation)}</p>{drawings}"
        f"<h4>The objective</h4><pre>{escape(objective)}</pre>"
        f'<p class="note">{escape(framework.source)}</p>'
    )


def drawing(flow: Flow, networks: Collection[str]) -> str:
    """The data-flow diagram of one term of an objective: `networks` are boxes, data is in pills,
    and each chain is a row."""
    chains = [chain.split(" ") for chain in (flow.chain, flow.other) if chain]
    shared = chains[0][-1] if len(chains) == 2 else None
    rows = [chain[:-2] if shared else chain for chain in chains]
    parts, ends = [], []
    for index, row in enumerate(rows):
        drawn, end = _row(row, networks, HEIGHT / 2 + 1 + index * ROW)
        parts.append(drawn)
        ends.append(end)
    width, height = max(ends), HEIGHT + 2 + (len(rows) - 1) * ROW
    if shared:
        x = width + GAP
        for index, end in enumerate(ends):
            y = HEIGHT / 2 + 1 + index * ROW
            parts.append(_arrow(end, y, x, height / 2))
        drawn, width = _node(shared, shared in networks, x, height / 2)
        parts.append(drawn)
    said = "; ".join(chain for chain in (flow.chain, flow.other) if chain)
    size = (
        f'width="{width + 1:.0f}" height="{height:.0f}" viewBox="0 0 {width + 1:.0f} {height:.0f}"'
    )
    return (
        f"<figure><figcaption>{_with_subscripts(flow.title, 'sub')}</figcaption>"
        f'<div class="flow"><svg {size} role="img" aria-label="{escape(said)}">'
        f"{''.join(parts)}</svg></div></figure>"
    )


def _row(tokens: list[str], networks: Collection[str], y: float) -> tuple[str, float]:
    """The nodes and arrows of a chain at height `y`, and where it ends."""
    parts, x, link = [], 1.0, ""
    for name in _names(tokens):
        if name in (">", "~"):
            link = name
            continue
        if link:
            parts.append(_arrow(x, y, x + GAP, y, alike=link == "~"))
            x += GAP
        drawn, x = _node(name, name in networks, x, y)
        parts.append(drawn)
    return "".join(parts), x


def _names(tokens: list[str]) -> list[str]:
    """The tokens with those between two links joined: "z, y" is one node."""
    names = [""]
    for token in tokens:
        if token in (">", "~"):
            names += [token, ""]
        else:
            names[-1] = f"{names[-1]} {token}".strip()
    return names


def _node(name: str, network: bool, x: float, y: float) -> tuple[str, float]:
    """A box for a network or a pill for data, and its right edge."""
    letters = sum(not unicodedata.combining(letter) for letter in name.replace("_", ""))
    width = 2 * PAD + LETTER * letters
    kind = f"network network-{name[0]}" if network else "data"
    corner = 6 if network else HEIGHT / 2
    box = f'x="{x:.1f}" y="{y - HEIGHT / 2:.1f}" width="{width:.1f}" height="{HEIGHT}"'
    text = _with_subscripts(name, 'tspan dy="4" font-size="11"')
    return (
        f'<g class="{kind}"><rect {box} rx="{corner}"/>'
        f'<text x="{x + width / 2:.1f}" y="{y + 5:.1f}">{text}</text></g>',
        x + width,
    )


def _arrow(x: float, y: float, to_x: float, to_y: float, alike: bool = False) -> str:
    """An arrow; between the two sides of an error a dashed line with a sign."""
    if alike:
        sign = f'<text x="{(x + to_x) / 2:.1f}" y="{y - 4:.1f}">≈</text>'
        return f'<g class="alike"><path d="M{x:.1f} {y:.1f}H{to_x:.1f}"/>{sign}</g>'
    bend = (to_x - x) / 2
    curve = f"M{x:.1f} {y:.1f}C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} "
    head = f"M{to_x - 7:.1f} {to_y - 4:.1f}L{to_x:.1f} {to_y:.1f}L{to_x - 7:.1f} {to_y + 4:.1f}"
    return f'<path class="arrow" d="{curve}{to_x:.1f} {to_y:.1f}{head}"/>'


def _with_subscripts(text: str, element: str) -> str:
    """Escaped, with the letter after an underscore as a subscript: D_y, E_z."""
    words = []
    for word in text.split(" "):
        base, _, index = word.partition("_")
        letter, rest = index[:1], index[1:]
        tag = element.split(" ")[0]
        lowered = f"<{element}>{escape(letter)}</{tag}>" if letter else ""
        words.append(escape(base) + lowered + escape(rest))
    return " ".join(words)
