"""Explore what an image autoencoder has learned.

>>> from explorer import load_model
>>> model = load_model("celeba32/faae")
>>> codes = model.sample_codes(4, seed=0)      # (4, 256) on the unit sphere
>>> images = model.decode(codes)               # (4, 3, 32, 32) in [0, 1]
"""

from explorer.catalogue import list_models, load_model
from explorer.engine import Model
from explorer.exchange import describe, export

LatentModel = Model  # a name that says what it is where it is imported
