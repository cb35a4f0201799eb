"""Forms: contactwire, and what `urllib.parse` takes to get at the flat pairs alone."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from benchmarks.contenders._contender import OURS, Contender, decoding, timer_of
from benchmarks.inputs import Input
from benchmarks.measure import Timer

__all__ = ["CONTENDERS"]


def _decode(given: Input) -> Timer:
    from contactwire import FormCodec

    codec = FormCodec(style="dots")
    return decoding(given, given.form, lambda body: codec.decode(body, given.type))


def _encode(given: Input) -> Timer:
    from contactwire import FormCodec

    return timer_of(given, given.carrier, FormCodec(style="dots").encode)


def _parse_qsl(given: Input) -> Timer:
    return decoding(given, given.form.decode(), lambda text: parse_qsl(text, keep_blank_values=True))


def _urlencode(given: Input) -> Timer:
    return timer_of(given, lambda: parse_qsl(given.form.decode(), keep_blank_values=True), urlencode)


CONTENDERS = {
    ("form decode", OURS): Contender(_decode),
    ("form decode", "parse_qsl alone"): Contender(_parse_qsl),
    ("form encode", OURS): Contender(_encode),
    ("form encode", "urlencode alone"): Contender(_urlencode),
}
