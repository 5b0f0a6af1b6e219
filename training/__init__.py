"""Training of F-AAE, AAE and their relatives; imports neither `explorer` nor `gradio`."""
