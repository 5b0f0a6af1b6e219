"""One file a tab; each `build`s its widgets and gives a `Tab` for the page to connect."""
