"""The codec registry: who reads what."""

import json

import attrs
import pytest

import contactwire
from contactwire import (
    CodecRegistry,
    ContactEntity,
    EntityElement,
    JsonCodec,
    PathError,
    UnsupportedMediaType,
    decode,
    default_registry,
    encode,
)
from contactwire.codecs import ENTRY_POINT_GROUP, Codec
from contactwire.negotiation import REQUEST_TYPES


@attrs.frozen
class Shouting:
    """A codec that writes names in capitals."""

    media_types = ("application/x-shout",)

    def decode(self, body, type=ContactEntity):
        return JsonCodec().decode(body, type)

    def encode(self, value, *, selection=None):
        return JsonCodec().encode(value, selection=selection).upper()


def test_the_default_registry_takes_what_the_endpoint_takes():
    """Each of the seven request types has a codec, which goes by that name."""
    assert default_registry.media_types[:7] == REQUEST_TYPES or set(REQUEST_TYPES) <= set(default_registry.media_types)
    for media_type in REQUEST_TYPES:
        codec = default_registry.find(media_type)
        assert media_type in codec.media_types
        assert isinstance(codec, Codec)


def test_twins_are_one_codec():
    """`text/json` and `text/xml` are the codecs of their application types."""
    assert default_registry.find("text/json") is default_registry.find("application/json")
    assert default_registry.find("text/xml") is default_registry.find("application/xml")


def test_a_content_type_may_have_parameters():
    """Letter case, blanks and parameters do not matter to the choice."""
    for content_type in ("application/json; charset=utf-8", " Application/JSON;x=y", 'application/json;charset="UTF-8"'):
        assert default_registry.find(content_type) == JsonCodec()


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "json",
        "image/png",
        "application/json; charset=utf-16",
        "application/xml; charset=klingon",
        "application/x-www-form-urlencoded; charset=x",
        "a/b;c",
    ],
)
def test_unsupported_media_types(content_type):
    """An unknown, malformed or unreadable type is a 415 that names what is taken."""
    with pytest.raises(UnsupportedMediaType) as caught:
        default_registry.find(content_type)
    assert caught.value.status == 415
    assert set(caught.value.offered) >= set(REQUEST_TYPES)


def test_registering_is_on_purpose():
    """A media type that is taken is not taken over by accident, and a refused registration changes nothing."""
    registry = CodecRegistry([JsonCodec()])
    with pytest.raises(ValueError, match="application/json, text/json has a codec already"):
        registry.register(JsonCodec(indent=2))
    assert registry.find("text/json") == JsonCodec()
    registry.register(JsonCodec(indent=2), replace=True)
    assert registry.find("text/json") == JsonCodec(indent=2)


def test_a_registry_is_given_to_functions():
    """`decode` and `encode` look in the registry that they are given, and leave the default one alone."""
    registry = default_registry.copy()
    registry.register(Shouting())
    assert encode(ContactEntity(name="x"), "application/x-shout", registry=registry) == b'{"NAME":"X"}'
    assert decode(b'{"NAME":"X"}', "application/x-shout", registry=registry) == ContactEntity(name="X")
    with pytest.raises(UnsupportedMediaType):
        encode(ContactEntity(), "application/x-shout")


def test_a_codec_is_given_to_functions():
    """Where a media type may stand, a codec may."""
    assert encode(ContactEntity(name="x"), Shouting()) == b'{"NAME":"X"}'
    assert decode('{"Id": "3"}', JsonCodec(coerce=True), type=contactwire.Category).id == 3


def test_views_are_read_only():
    """What a registry shows of itself cannot be written through."""
    registry = CodecRegistry([JsonCodec()])
    assert dict(registry.codecs) == {"application/json": JsonCodec(), "text/json": JsonCodec()}
    with pytest.raises(TypeError):
        registry.codecs["a/b"] = JsonCodec()


def test_an_empty_registry_offers_nothing():
    """Without codecs every look-up fails."""
    with pytest.raises(UnsupportedMediaType):
        CodecRegistry().find("application/json")


def test_what_a_plug_in_announces_must_be_a_codec(tmp_path, monkeypatch):
    """An installed package that announces something else is left out with a warning that says what it lacks."""
    installed = tmp_path / "odd-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\nodd = builtins:object\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry = CodecRegistry()
    with pytest.warns(RuntimeWarning, match="'odd' of odd .* is no codec: it lacks media_types, decode or encode"):
        assert registry.load_plugins() == ()


def test_a_selection_of_a_list_is_one_of_its_items():
    """`select` names properties of what a list holds, also of an empty one."""
    written = json.loads(contactwire.encode([EntityElement(value="a", description="b")], select="Value"))
    assert [item for item in written if item["Value"] != "a" or item["Description"] is not None] == []
    assert contactwire.encode([], select="Name") == b"[]"
    with pytest.raises(PathError):
        contactwire.encode([EntityElement()], select="Name")
