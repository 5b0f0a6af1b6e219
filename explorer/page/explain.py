"""What an info button explains of a system, as HTML: paragraph, data-flow diagrams, objective."""

import re
from collections.abc import Collection
from functools import cache
from html import escape
from inspect import getdoc

from training.frameworks import Flow, Framework

LINKS = {">": '<i class="arrow"></i>', "~": '<i class="alike">≈</i>'}


@cache
def explained(framework: type[Framework]) -> str:
    """The paragraph, the diagrams, and the objective from the docstring."""
    networks = framework.networks()
    drawings = "".join(drawing(flow, networks) for flow in framework.flows)
    objective = getdoc(framework).split("\n\n", 1)[1]
    return (
        f"<p>{_subscripts(framework.explanation)}</p>{drawings}"
        f"<h3>The objective</h3><pre>{escape(objective)}</pre>"
        f'<p class="note">{escape(framework.source)}</p>'
    )


def drawing(flow: Flow, networks: Collection[str]) -> str:
    """The data-flow diagram of one term of an objective: `networks` are boxes, data is in pills.

    Each chain is a row; the network that two chains end in stands once, beside both rows.
    """
    rows = [re.split(" ([>~]) ", chain) for chain in (flow.chain, flow.other) if chain]
    said = escape("; ".join(" ".join(row) for row in rows))
    shared = _node(rows[0][-1], networks) if len(rows) == 2 else ""
    rows = [row[:-1] for row in rows] if shared else rows
    drawn = "".join(f"<div>{''.join(_node(n, networks) for n in row)}</div>" for row in rows)
    rows_and_end = f"<div>{drawn}</div>{shared}"
    return (
        f"<figure><figcaption>{_subscripts(flow.title)}</figcaption>"
        f'<div class="flow" role="img" aria-label="{said}">{rows_and_end}</div></figure>'
    )


def _node(name: str, networks: Collection[str]) -> str:
    """A link, a network or data."""
    kind = f"network network-{name[0]}" if name in networks else "data"
    return LINKS.get(name) or f'<span class="{kind}">{_subscripts(name)}</span>'


def _subscripts(text: str) -> str:
    """Escaped, with the letter after an underscore as a subscript: D_y, E_z."""
    return re.sub(r"_(\w)", r"<sub>\1</sub>", escape(text))
