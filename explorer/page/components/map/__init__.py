"""Maps of encoded pictures, one a model, in step: a script for each thing to do there."""
