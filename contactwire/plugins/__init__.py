"""The plug-ins of pytest and Hypothesis.

Both load their plug-in, by its entry point, in every environment that has this package. So each module imports little.
"""

__all__: list[str] = []
