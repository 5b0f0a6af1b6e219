"""What is taken away from the page."""
