"""Settings for all tests."""

from hypothesis import settings

# A shared machine stops for longer than any example takes, so there is no deadline; fuzzing is what runs for long.
settings.register_profile("suite", max_examples=50, deadline=None)
settings.load_profile("suite")
