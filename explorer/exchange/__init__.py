"""Models of others: any autoencoder as a pair of ONNX networks with a model.json."""

from explorer.exchange.describe import describe, lay_out
from explorer.exchange.description import MODEL, Description
from explorer.exchange.export import export, export_checkpoint
from explorer.exchange.pair import Network, Pair
