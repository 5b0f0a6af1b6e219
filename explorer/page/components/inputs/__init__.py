"""What visitors choose with."""
