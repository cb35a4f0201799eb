"""Forms: contactwire, and what `urllib.parse` takes to get at the flat pairs alone."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from benchmarks.contenders._contender import OURS, Contender, Pair, decoding, encoding
from benchmarks.inputs import Input
from contactwire import FormCodec

__all__ = ["WORKS"]


def _ours(given: Input) -> Pair:
    codec = FormCodec(style="dots")
    return (lambda body: codec.decode(body, given.type)), codec.encode


def _urllib(_: Input) -> Pair:
    return (lambda text: parse_qsl(text, keep_blank_values=True)), urlencode


def _body(given: Input) -> bytes:
    return given.form()


def _text(given: Input) -> str:
    return given.form().decode()


WORKS = {
    "form decode": {
        OURS: Contender(decoding(_ours, _body)),
        "parse_qsl alone": Contender(decoding(_urllib, _text), differs="makes flat pairs of texts, no contact"),
    },
    "form encode": {
        OURS: Contender(encoding(_ours, _body)),
        "urlencode alone": Contender(encoding(_urllib, _text), differs="writes flat pairs of texts that are there already"),
    },
}
