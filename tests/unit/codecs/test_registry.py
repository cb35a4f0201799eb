"""The registry of codecs: which codec reads and writes which media type."""

import codecs
import copy
import encodings
import json
import time
from contextlib import suppress
from encodings.aliases import aliases
from itertools import product

import attrs
import pytest

import contactwire
from contactwire import (
    CodecRegistry,
    ContactEntity,
    DecodeError,
    EntityElement,
    JsonCodec,
    MergePatchCodec,
    PathError,
    UnsupportedMediaType,
    XmlCodec,
    decode,
    default_registry,
    encode,
)
from contactwire.codecs import ENTRY_POINT_GROUP, FORMATS, Codec
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
    """The default registry has a codec for each of the seven request types."""
    assert default_registry.media_types[:7] == REQUEST_TYPES or set(REQUEST_TYPES) <= set(default_registry.media_types)
    for media_type in REQUEST_TYPES:
        codec = default_registry.find(media_type)
        assert media_type in codec.media_types
        assert isinstance(codec, Codec)


def test_two_names_of_a_media_type_are_one_codec():
    """`text/json` and `text/xml` have the codecs of `application/json` and `application/xml`."""
    assert default_registry.find("text/json") is default_registry.find("application/json")
    assert default_registry.find("text/xml") is default_registry.find("application/xml")


def test_a_content_type_may_have_parameters():
    """A codec is found whatever the letter case, blanks and parameters of a Content-Type."""
    for content_type in ("application/json; charset=utf-8", " Application/JSON;x=y", 'application/json;charset="UTF-8"'):
        assert default_registry.find(content_type) == JsonCodec()


# Bodies whose character set has the name N, and their media types.
NAMED = [
    (b"{}", "application/json; charset=N"),
    (b"{}", 'text/json; charset="N"'),
    (b"[]", "application/json-patch+json; charset=N"),
    (b"<ContactEntity/>", "application/xml; charset=N"),
    (b'<?xml version="1.0" encoding="N"?><ContactEntity/>', "text/xml"),
    (b"Name=a", "application/x-www-form-urlencoded; charset=N"),
]


def remembered_after(names, body, media_type, monkeypatch):
    """How many names Python's table gained from decoding with these names, and which names were looked up there."""
    asked, look_up = set(), codecs.lookup
    with monkeypatch.context() as patch:
        patch.setattr(codecs, "lookup", lambda name: asked.add(name) or look_up(name))
        before = None
        for name in ["utf-8", "iso-8859-1", "x", *names]:
            if name is names[0]:
                before = len(encodings._cache)
            with suppress(UnsupportedMediaType, DecodeError):
                decode(body.replace(b"N", name.encode()) if b"xml" in body else body, media_type.replace("N", name))
    return len(encodings._cache) - before, asked


@pytest.mark.parametrize(("body", "media_type"), NAMED)
@pytest.mark.parametrize("shape", ["x{}", "utf-{}", "{}" + "x" * 400, "iso8859_1_{}", "{}.module"])
def test_unknown_character_sets_are_not_remembered(body, media_type, shape, monkeypatch):
    """A thousand unknown names of character sets add nothing to Python's table of encodings."""
    grown, asked = remembered_after([shape.format(f"q{n}") for n in range(1000)], body, media_type, monkeypatch)
    assert grown == 0
    assert len(asked) < 5


@pytest.mark.parametrize(("body", "media_type"), NAMED)
def test_spellings_of_character_sets_are_not_remembered(body, media_type, monkeypatch):
    """A thousand spellings of a known character set add nothing to Python's table of encodings."""
    signs = ["".join(signs) for length in range(1, 6) for signs in product("-_", repeat=length)]
    spelled = [f"{utf}{sign}8" for utf in ("utf", "UTF", "Utf", "uTF") for sign in signs]
    spelled += [f"iso{one}8859{other}1" for one in signs[:20] for other in signs[:20]]
    grown, asked = remembered_after(spelled, body, media_type, monkeypatch)
    assert grown == 0
    assert len(asked) < 5


def read_in(charset):
    """The name in a form with two bytes beyond ASCII, read in a character set, or the class of the error."""
    try:
        return decode(b"Name=%C3%A4", f'application/x-www-form-urlencoded; charset="{charset}"').name
    except (UnsupportedMediaType, DecodeError) as error:
        return type(error)


@pytest.mark.parametrize("name", sorted({*aliases, *aliases.values(), "ISO-8859-1", "Windows-1252", "ISO_8859-1:1987"}))
def test_names_of_character_sets_mean_what_they_mean_to_python(name):
    """A name of a character set means what it means to Python."""
    try:
        own = codecs.lookup(name).name
    except LookupError:
        own = "none"
    assert read_in(name) == read_in(own)


@pytest.mark.parametrize("media_type", ["application/json", "text/xml", "application/x-www-form-urlencoded"])
def test_a_body_is_written_in_utf_8(media_type):
    """A body is in UTF-8, so a media type that says another character set is refused when it is written."""
    contact = ContactEntity(name="é")
    for charset in ("utf-8", "UTF8", "utf_8", '"UTF_8"'):
        assert decode(encode(contact, f"{media_type}; charset={charset}"), f"{media_type};charset={charset}") == contact
    for charset in ("iso-8859-1", "windows-1252", "utf-16", "us-ascii"):
        with pytest.raises(UnsupportedMediaType):
            encode(contact, f"{media_type}; charset={charset}")


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
    """An unknown, malformed or unreadable type is a 415 that names the supported types."""
    with pytest.raises(UnsupportedMediaType) as caught:
        default_registry.find(content_type)
    assert caught.value.status == 415
    assert set(caught.value.offered) >= set(REQUEST_TYPES)


def test_registering_is_on_purpose():
    """Registering a media type that is taken is refused unless it is on purpose, and a refusal changes nothing."""
    registry = CodecRegistry([JsonCodec()])
    with pytest.raises(ValueError, match="application/json, text/json has a codec already"):
        registry.register(JsonCodec(indent=2))
    assert registry.find("text/json") == JsonCodec()
    registry.register(JsonCodec(indent=2), replace=True)
    assert registry.find("text/json") == JsonCodec(indent=2)


@pytest.mark.parametrize("value", [JsonCodec, 5, "json", None], ids=repr)
def test_what_is_no_codec_is_not_registered(value):
    """Anything but a codec, such as the class of one, is a TypeError that says what is expected, and changes nothing."""
    registry = CodecRegistry()
    with pytest.raises(TypeError, match="is no codec: expected an object with media_types, decode and encode"):
        registry.register(value)
    assert registry.media_types == ()


def test_a_registry_is_given_to_functions():
    """`decode` and `encode` use the registry that they are given, and leave the default one alone."""
    registry = default_registry.copy()
    registry.register(Shouting())
    assert encode(ContactEntity(name="x"), "application/x-shout", registry=registry) == b'{"NAME":"X"}'
    assert decode(b'{"NAME":"X"}', "application/x-shout", registry=registry) == ContactEntity(name="X")
    with pytest.raises(UnsupportedMediaType):
        encode(ContactEntity(), "application/x-shout")


@pytest.mark.parametrize("is_loaded", [False, True])
def test_a_copy_with_options(is_loaded):
    """The codecs of a copy have the options that it was given, whether they were loaded before, and keep their others."""
    registry = default_registry.copy()
    registry.register(JsonCodec(indent=2), replace=True)
    registry.register(Shouting())
    if is_loaded:
        registry.find("application/xml")
    copied = registry.copy(max_objects=3, dialect="services").copy(max_depth=4)
    assert copied.find("application/json") == JsonCodec(indent=2, max_objects=3, max_depth=4)
    assert copied.find("text/json") == copied.find("application/json")
    assert copied.find("application/xml; charset=utf-16") == XmlCodec(
        dialect="services", max_objects=3, max_depth=4, charset="utf-16"
    )
    assert copied.find("application/merge-patch+json") == MergePatchCodec(max_objects=3, max_depth=4)
    assert copied.find("application/x-shout") is registry.find("application/x-shout")
    assert registry.find("application/xml") == XmlCodec()


@pytest.mark.parametrize("media_type", ["application/json-patch+json", "application/merge-patch+json"])
def test_the_dialect_of_xml_is_none_of_patches(media_type):
    """A copy whose XML has a dialect writes and reads patches as the default registry does."""
    copied, before = default_registry.copy(dialect="services"), ContactEntity(name="x")
    body = encode(before, media_type, registry=copied)
    assert body == encode(before, media_type)
    assert decode(body, media_type, registry=copied).apply(ContactEntity()) == before


def test_a_codec_is_given_to_functions():
    """Functions that take a media type take a codec as well."""
    assert encode(ContactEntity(name="x"), Shouting()) == b'{"NAME":"X"}'
    assert decode('{"Id": "3"}', JsonCodec(coerce=True), type=contactwire.Category).id == 3


def test_views_are_read_only():
    """The views that a registry gives are read-only."""
    registry = CodecRegistry([JsonCodec()])
    assert dict(registry.codecs) == {"application/json": JsonCodec(), "text/json": JsonCodec()}
    with pytest.raises(TypeError):
        registry.codecs["a/b"] = JsonCodec()


def test_an_empty_registry_offers_nothing():
    """Every look-up in an empty registry fails."""
    with pytest.raises(UnsupportedMediaType):
        CodecRegistry().find("application/json")


def test_what_a_plug_in_announces_must_be_a_codec(tmp_path, monkeypatch):
    """An installed plug-in that announces no codec is left out with a warning that says what it lacks."""
    installed = tmp_path / "odd-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\nodd = builtins:object\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry = CodecRegistry()
    with pytest.warns(
        RuntimeWarning, match="'odd' of odd .* is no codec: expected an object with media_types, decode and encode"
    ):
        assert registry.load_plugins() == ()


def test_look_ups_wait_for_plug_ins_that_are_being_loaded(at_once, monkeypatch):
    """Threads that look a plug-in's media type up at the same time for the first time all find it, in a copy too."""

    class Slow:
        name, value, dist = "slow", "slow:codec", None

        def load(self):
            time.sleep(0.05)
            return Shouting()

    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [Slow()])
    registry = CodecRegistry(plugins=True)
    assert at_once(lambda: registry.find("application/x-shout")) == [Shouting()] * 32
    registry = CodecRegistry(plugins=True)
    assert at_once(lambda: registry.copy().find("application/x-shout")) == [Shouting()] * 32


@attrs.frozen
class Limited(Shouting):
    """A codec of another package that has a limit, and an option of its own."""

    max_objects: int = 100
    loudness: int = 1


WRONG_OPTIONS = [
    ({"max_objects": "10"}, "max_objects is an integer"),
    ({"max_faults": 0}, "max_faults is an integer, 1 or more"),
    ({"max_pairs": -1}, "max_pairs is an integer"),
    ({"unknown": "forbid"}, "unknown is one of keep, ignore, error"),
    ({"style": "commas"}, "style is one of"),
    ({"patch_dialect": "none"}, "none"),
    ({"dialect": "soap"}, "soap"),
    ({"max_objects": 5, "duplicates": "first"}, "duplicates is one of"),
]


@pytest.mark.parametrize(("options", "told"), WRONG_OPTIONS, ids=" ".join)
@pytest.mark.parametrize("is_loaded", [False, True])
def test_a_wrong_option_of_a_copy(options, told, is_loaded):
    """A limit or a word that a codec refuses is a ValueError of the copy, whether or not the codec was created before."""
    registry = default_registry.copy()
    if is_loaded:
        assert registry.codecs
    with pytest.raises(ValueError, match=told):
        registry.copy(**options)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"max_dept": 5}, "no codec has the option 'max_dept', did you mean max_depth?"),
        ({"coerse": True}, "no codec has the option 'coerse', did you mean coerce?"),
        ({"indent": 2, "zzz": 1}, "no codec has the option 'zzz'"),
    ],
    ids=repr,
)
def test_an_option_that_no_codec_has(options, told):
    """A misspelled option of a copy is a TypeError, as that of a function is, and no copy without the limit it meant."""
    with pytest.raises(TypeError) as caught:
        default_registry.copy(**options)
    assert str(caught.value) == told


@pytest.fixture
def announced(monkeypatch):
    """An installed plug-in announces the codec `Limited`."""

    class Announced:
        name, value, dist = "limited", "limited:codec", None

        def load(self):
            return Limited()

    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [Announced()])


def test_an_option_that_only_a_plug_in_has(announced):
    """An option of a copy may be that of a plug-in that is not loaded yet."""
    assert CodecRegistry(plugins=True).copy(loudness=3).find("application/x-shout") == Limited(loudness=3)


def test_a_plug_in_has_the_options_of_a_copy(announced):
    """A codec that an application finds first has the application's limits, as those have that were loaded before."""
    registry = CodecRegistry(plugins=True)
    assert registry.copy(max_objects=5).find("application/x-shout") == Limited(max_objects=5)
    assert registry.find("application/x-shout") == Limited()


def test_formats_can_be_keys():
    """A format has a hash, and so can be in a set, as the value that it is."""
    assert {copy.copy(known) for known in FORMATS.values()} == set(FORMATS.values())


def test_a_selection_of_a_list_is_one_of_its_items():
    """`select` names properties of the items of a list, also of an empty one."""
    written = json.loads(contactwire.encode([EntityElement(value="a", description="b")], select="Value"))
    assert [item for item in written if item["Value"] != "a" or item["Description"] is not None] == []
    assert contactwire.encode([], select="Name") == b"[]"
    with pytest.raises(PathError):
        contactwire.encode([EntityElement()], select="Name")


@pytest.mark.parametrize("known", [known for known in FORMATS.values() if known.media_types], ids=lambda known: known.name)
def test_a_codec_has_the_media_types_of_its_format(known):
    """A codec that is registered by itself stands for the media types that the table of formats gives its format."""
    assert known.codec().media_types == known.media_types
