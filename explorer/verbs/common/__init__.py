"""What the verbs share: codes of pictures, grids of codes, labels, and what arguments are."""
