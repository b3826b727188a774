"""Random days of small districts, played through the real pipeline and checked by a plain model.

- `contract`, `reading`, `oracle`, `changelog`: the model, written from the contract alone.
- `values`, `district`, `edits`, `sharing`, `served`, `stories`: what happens, and how Clever writes
  it down.
- `dataset`, `pipeline`, `playing`, `tables`: the real thing, and the comparison.
"""
