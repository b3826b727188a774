"""The certification dataset: its catalogue of cases, and the script that makes the dataset.

`python -m dlt_sources.certification` writes `data/certification/days` again, the same bytes
every time, from `data/certification/cases.yml` and a town of invented people.
"""
