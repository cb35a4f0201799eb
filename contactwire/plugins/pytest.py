"""The pytest plug-in: a fixture that sends recorded bodies through every codec.

It imports the library only when a test asks for the fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from contactwire.roundtrip import Report

__all__ = ["contactwire_replay"]


@pytest.fixture(scope="session")
def contactwire_replay() -> Callable[..., Report]:
    """A function that reports what each codec would lose of the recorded bodies in a folder.

    It takes the folder, `through` (names of codecs, or media types; by default those that promise to lose nothing), and
    `type`, the carrier class of the bodies. A whole test is `contactwire_replay(folder).assert_lossless()`. A property that
    a JSON or XML body lacks, and that has a default in the class, is a loss, since the default is written for it.
    """
    from contactwire.carriers import ContactEntityWithLinks
    from contactwire.roundtrip import LOSSLESS, codecs_named, replay_folder

    def replay(folder: Any, through: Any = LOSSLESS, *, type: Any = ContactEntityWithLinks) -> Report:
        return replay_folder(folder, codecs_named(through), type=type)

    return replay
