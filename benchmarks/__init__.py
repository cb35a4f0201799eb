"""Measured against peers in one process, with budgets: `python -m benchmarks`.

`budgets` says what is compared and what it may cost, `contenders` does the work, `measure` takes the times, `report` and
`chart` show them. The peers' models are written by `models` from the carriers' own plans.
"""
