"""What attributes are taught with."""
