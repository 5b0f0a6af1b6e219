"""Nearest pictures: by codes of models, and by what pictures look like without any model."""
