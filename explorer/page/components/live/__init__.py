"""Models that run in the visitor's browser, and what follows the pointer there."""
