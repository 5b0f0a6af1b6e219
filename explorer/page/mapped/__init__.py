"""What people do on the maps, of which the tab makes its widgets."""
