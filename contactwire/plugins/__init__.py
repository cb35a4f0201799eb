"""What pytest and Hypothesis load by their entry points wherever this package is installed, so each loads little."""

__all__: list[str] = []
