"""What runs in the browser, also without a server: models in a worker, what follows the hand."""
