"""What the explorer does with a model: pure functions, without page or files.

Page, endpoints, command line and gallery are fronts of these. A new verb is one function here and
one line in `VERBS`: its signature, annotated by `explorer.verbs.common.options`, is what the
endpoints and the command line offer.

Notation: x images (B, 3, H, W) in [0, 1]; z codes (B, n) on the prior's support; x_hat = G(z).
"""

from collections.abc import Callable

from explorer.verbs.breed import breed
from explorer.verbs.discover import discover
from explorer.verbs.edit import edit
from explorer.verbs.map import latent_map
from explorer.verbs.morph import morph
from explorer.verbs.path import path
from explorer.verbs.reconstruct import reconstruct
from explorer.verbs.restore import restore
from explorer.verbs.sample import sample
from explorer.verbs.search import search
from explorer.verbs.teach import teach

VERBS: dict[str, Callable] = {
    verb.__name__: verb
    for verb in (
        *(reconstruct, restore, morph, path, sample, breed),
        *(edit, teach, discover, latent_map, search),
    )
}
