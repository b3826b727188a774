"""Random days of a roster and of an application beside it, checked by a plain model.

- `past`: what a roster showed and an application told, and when; the model's only source.
- `intervals`, `life`, `people`, `classes`, `lineage`, `accounts`, `progress`, `totals`, `edits`,
  `overlay`: the model, written from the contract.
- `place`, `roster_acts`, `application_acts`, `stories`: what happens, as hypothesis draws it.
- `application`, `database`, `database_acts`: the application's tables, with types, cursors, marks
  and a mapping that change, in real databases between which they move.
- `loads`: what each load has to append to the log and to say of itself.
- `playing`: the real thing, day by day, and the comparison.
- `mutants`, `mutations`: each guard taken away, and whether the random days tell.
"""
