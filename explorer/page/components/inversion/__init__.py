"""What reconstructions are looked at with: the steps to them, and the original over them."""
