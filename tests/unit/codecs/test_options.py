"""Options of codecs that are one of a few words."""

import pytest

from contactwire import FormCodec, JsonCodec, XmlCodec, make_converter

OPTIONS = [
    *((codec, option) for codec in (JsonCodec, XmlCodec, FormCodec, make_converter) for option in ("unknown", "duplicates")),
    (JsonCodec, "surrogates"),
    (FormCodec, "style"),
]


@pytest.mark.parametrize(("make", "option"), OPTIONS, ids=[f"{make.__name__} {option}" for make, option in OPTIONS])
def test_a_word_that_an_option_does_not_have_is_refused(make, option):
    """A misspelled word is a ValueError that lists the right ones, and not one of the policies in silence."""
    with pytest.raises(ValueError, match=f"{option} is one of .*, not 'forbid'"):
        make(**{option: "forbid"})


@pytest.mark.parametrize("codec", [JsonCodec(), XmlCodec()], ids=["JSON", "XML"])
@pytest.mark.parametrize("reads", ["iter_decode", "aiter_decode"])
def test_a_stream_has_two_ways_with_bad_records(codec, reads):
    """Any other `on_error` than "raise" and "yield" is a ValueError before anything is read."""
    with pytest.raises(ValueError, match="on_error is one of raise, yield, not 'skip'"):
        getattr(codec, reads)(b"", on_error="skip")


@pytest.mark.parametrize("reads", ["iter_decode", "aiter_decode", "iter_records"])
def test_a_stream_of_json_has_two_framings(reads):
    """Any other `framing` than "ndjson" and "array" is a ValueError, not NDJSON."""
    with pytest.raises(ValueError, match="framing is one of ndjson, array, not 'lines'"):
        getattr(JsonCodec(), reads)(b"{}", framing="lines")
