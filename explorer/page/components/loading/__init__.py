"""How the models come from this server into the browser."""
