"""Random days of small districts, played through the real pipeline and checked by a plain model."""
