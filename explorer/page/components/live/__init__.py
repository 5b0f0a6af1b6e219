"""What runs in the browser, with or without a server: models in a worker, and what follows the hand."""
