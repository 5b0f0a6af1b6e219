"""What visitors look at."""
