"""Benchmarks against peers, all in one process, with budgets: `python -m benchmarks`.

`budgets` lists what is compared, and the ratio that each comparison may have. `runner` groups the `contenders` of one work
on one of the `inputs`, and `measure` takes their times in turns. `rows` judges the times by the budgets, `report` and
`chart` show them, `record` keeps a run in the project, and `compare` compares a run with the kept one. `models` generates
the models of the peers from the carriers' plans.
"""
