"""Options of codecs that are one of a few words, and limits."""

from functools import partial

import attrs
import pytest

from contactwire import (
    Category,
    CodecRegistry,
    ContactEntity,
    ContentTooLarge,
    Dialect,
    EncodeError,
    EntityElement,
    FieldProperty,
    FormCodec,
    JsonCodec,
    JsonPatch,
    JsonPatchCodec,
    LocalizedField,
    MergePatch,
    MergePatchCodec,
    SelectableMDOListItem,
    Selection,
    ValidationError,
    XmlCodec,
    asgi,
    decode,
    default_registry,
    encode,
    get,
    make_converter,
    to_builtins,
    wsgi,
)
from contactwire.carriers import Address, Business
from contactwire.tables import to_batches


def name_of(make):
    """The name of what makes or takes an option."""
    return getattr(make, "func", make).__name__


OPTIONS = [
    *((codec, option) for codec in (JsonCodec, XmlCodec, FormCodec, make_converter) for option in ("unknown", "duplicates")),
    (JsonCodec, "surrogates"),
    (FormCodec, "style"),
    (partial(Dialect, name="own"), "order"),
    (partial(Dialect, name="own"), "nulls"),
    (partial(get, ContactEntity(name="x"), "name"), "unknown"),
    (partial(to_builtins, ContactEntity()), "surrogates"),
]


@pytest.mark.parametrize(("make", "option"), OPTIONS, ids=[f"{name_of(make)} {option}" for make, option in OPTIONS])
def test_a_word_that_an_option_does_not_have_is_refused(make, option):
    """A misspelled word is a ValueError that lists the right ones, and not one of the policies in silence."""
    with pytest.raises(ValueError, match=f"{option} is one of .*, not 'forbid'"):
        make(**{option: "forbid"})


def test_a_wrong_word_is_shown_short():
    """The message about a wrong word shows the beginning of a long one, on one line."""
    with pytest.raises(ValueError, match="style is one of dots, brackets, not ") as caught:
        FormCodec(style="commas\n" * 10_000)
    assert len(str(caught.value)) < 120
    assert str(caught.value).isprintable()


LIMITS = [
    *(
        (make, field.name)
        for make in (JsonCodec, XmlCodec, FormCodec, JsonPatchCodec, MergePatchCodec)
        for field in attrs.fields(make)
        if field.name.startswith("max_")
    ),
    (partial(JsonPatch.parse, []), "max_operations"),
    (partial(JsonPatch.parse, []), "max_depth"),
    (partial(JsonPatch.parse, []), "max_faults"),
    (partial(MergePatch.parse, {}), "max_depth"),
    (partial(MergePatch.parse, {}), "max_faults"),
    (partial(to_builtins, ContactEntity()), "max_depth"),
    (partial(to_builtins, ContactEntity()), "max_faults"),
    (make_converter, "max_faults"),
    (partial(to_batches, [], "name"), "batch_size"),
]


@pytest.mark.parametrize("value", [None, "10", 1.5, True, -1, float("inf")])
@pytest.mark.parametrize(("make", "option"), LIMITS, ids=[f"{name_of(make)} {option}" for make, option in LIMITS])
def test_a_limit_is_an_integer(make, option, value):
    """A limit that is no integer, or is too low, is a ValueError where it is given, not where a body comes."""
    with pytest.raises(ValueError, match=f"{option} is an integer, [01] or more, not"):
        make(**{option: value})
    make(**{option: 1})


@pytest.mark.parametrize("value", ["2", 1.5, True, -1])
@pytest.mark.parametrize("make", [JsonCodec, XmlCodec, JsonPatchCodec, MergePatchCodec])
def test_an_indent_is_a_number_of_spaces(make, value):
    """An indent that is no integer, or is below zero, is a ValueError where the codec is made."""
    with pytest.raises(ValueError, match="indent is an integer, 0 or more, not"):
        make(indent=value)
    assert make(indent=0)
    assert make(indent=None)


@pytest.mark.parametrize("value", ["klingon", "", "utf-8\n", "base64", 5, b"utf-8", ["utf-8"]])
@pytest.mark.parametrize("make", [XmlCodec, FormCodec, default_registry.copy])
def test_a_character_set_is_the_name_of_an_encoding(make, value):
    """An unknown character set is a ValueError where the codec, or a copy of a registry, is made."""
    with pytest.raises(ValueError, match="charset is the name of an encoding"):
        make(charset=value)


@pytest.mark.parametrize("value", [5, b"urn:x", ["urn:x"], ContactEntity])
@pytest.mark.parametrize(
    "option", ["namespace", "xsi_prefix", "pair", "scalar_pair", "pair_namespace", "arrays_namespace", "arrays_prefix"]
)
def test_the_names_of_a_dialect_are_texts(option, value):
    """A name or namespace of a dialect that is no text is a TypeError, also where a codec is given the namespace."""
    with pytest.raises(TypeError, match=f"{option} is of type str, not"):
        Dialect(name="own", **{option: value})
    if option == "namespace":
        with pytest.raises(TypeError, match="namespace is of type str, not"):
            XmlCodec(namespace=value)


@pytest.mark.parametrize("value", [None, 5, b"application/json", ContactEntity, list[ContactEntity], JsonCodec])
def test_a_document_is_read_and_written_by_a_media_type_or_a_codec(value):
    """What is neither a media type nor a codec is a TypeError; of a class of documents, it says where that goes."""
    said = "goes by name" if value in (ContactEntity, list[ContactEntity]) else "expected an object with media_types"
    with pytest.raises(TypeError, match=f"is no codec: .*{said}"):
        decode(b"{}", value)
    with pytest.raises(TypeError, match=f"is no codec: .*{said}"):
        encode(ContactEntity(), value)


@pytest.mark.parametrize("value", [None, 5, "application/json", JsonCodec(), CodecRegistry])
def test_codecs_are_found_in_a_registry(value):
    """What is no registry is a TypeError that says so."""
    with pytest.raises(TypeError, match="registry is of type CodecRegistry, not "):
        decode(b"{}", registry=value)
    with pytest.raises(TypeError, match="registry is of type CodecRegistry, not "):
        encode(ContactEntity(), registry=value)


@pytest.mark.parametrize("value", ["name", 5, JsonPatch.parse([]), Selection])
@pytest.mark.parametrize("codec", [JsonCodec(), XmlCodec(), FormCodec(), JsonPatchCodec(), MergePatchCodec()])
def test_a_codec_takes_a_selection_only(codec, value):
    """What is no selection is a TypeError that says how to make one, also where it could be applied, as a patch can."""
    with pytest.raises(TypeError, match=r"a selection is a Selection, such as Selection\.parse\('name'\), not"):
        codec.encode(ContactEntity(name="x"), selection=value)


@pytest.mark.parametrize("make", [JsonCodec, XmlCodec, FormCodec, JsonPatchCodec, MergePatchCodec])
def test_an_error_lists_one_fault_at_least(make):
    """`max_faults=0` is a ValueError, as on the command line: an error without a fault would say nothing."""
    with pytest.raises(ValueError, match="max_faults is an integer, 1 or more, not 0"):
        make(max_faults=0)


CODECS = [
    *((make, {}) for make in (JsonCodec, XmlCodec, FormCodec, JsonPatchCodec, MergePatchCodec)),
    (JsonCodec, {"unknown": "error", "max_depth": 3}),
    (XmlCodec, {"dialect": "services", "charset": "utf-16"}),
    (FormCodec, {"style": "brackets", "charset": "windows-1252"}),
]


@pytest.mark.parametrize(("make", "options"), CODECS)
def test_a_codec_is_shown_as_it_is_made(make, options):
    """The `repr` of a codec is the call that makes an equal one."""
    codec = make(**options)
    assert eval(repr(codec)) == codec


SMALLEST = [
    (JsonCodec, b"{}"),
    (XmlCodec, b"<ContactEntity/>"),
    (FormCodec, b""),
    (FormCodec, b"&&"),
    (JsonPatchCodec, b"[]"),
    (MergePatchCodec, b"{}"),
]


@pytest.mark.parametrize(("make", "body"), SMALLEST, ids=[f"{make.__name__} {body.decode()}" for make, body in SMALLEST])
def test_no_document_is_within_a_depth_of_0(make, body):
    """A document is an object or a list itself, so with `max_depth=0` each is refused, one without members too."""
    with pytest.raises(ContentTooLarge, match="nesting is deeper than 0"):
        make(max_depth=0).decode(body)


LEVELS = [
    (1, ContactEntity(name="x")),
    (2, ContactEntity(category=Category())),
    (2, ContactEntity(emails=[None])),
    (3, ContactEntity(emails=[EntityElement()])),
    (2, ContactEntity(domains=["a"])),
    (2, ContactEntity(custom_fields={"k": "v"})),
    (3, ContactEntity(field_properties={"k": FieldProperty()})),
    (4, ContactEntity(address=Address(localized_address=[[]]))),
    (5, ContactEntity(address=Address(localized_address=[[LocalizedField()]]))),
    (2, ContactEntity(extras={"X": ["a", "b"]})),
    (2, ContactEntity(extras={"X": ["a"]})),
    (3, ContactEntity(extras={"X": [["a"]]})),
    (4, ContactEntity(extras={"A": "x", "X": {"y": [{"z": "b"}]}, "Z": ["c", "d"]})),
    (4, ContactEntity(category=Category(extras={"X": {"y": {"z": "b"}}}), extras={"Y": "c"})),
    (5, ContactEntity(interests=[SelectableMDOListItem(child_items=[SelectableMDOListItem()])])),
    (6, [ContactEntity(address=Address(localized_address=[[LocalizedField()]]))]),
]


@pytest.mark.parametrize(("levels", "value"), LEVELS)
@pytest.mark.parametrize("make", [JsonCodec, XmlCodec, FormCodec])
def test_a_document_needs_as_much_depth_as_it_has_levels(make, levels, value):
    """`max_depth` counts each carrier, list and dictionary, and each object and list among unknown members, alike."""
    cls = list[ContactEntity] if isinstance(value, list) else ContactEntity
    body = make().encode(value)
    assert make(max_depth=levels).decode(body, cls) == value
    assert make(max_depth=levels).encode(value) == body
    with pytest.raises(EncodeError):
        make(max_depth=levels - 1).encode(value)
    if make is not FormCodec:  # which takes an empty text at the limit for null
        with pytest.raises(ContentTooLarge):
            make(max_depth=levels - 1).decode(body, cls)


@pytest.mark.parametrize("make", [JsonCodec, partial(JsonCodec, duplicates="error"), XmlCodec, FormCodec])
@pytest.mark.parametrize("shallow", ["category", "contact", "business"])
def test_the_deepest_unknown_member_counts(make, shallow):
    """A body is too deep by its deepest unknown member, in whatever carriers there are others."""

    def contact(levels):
        deep = "x"
        for _ in range(levels):
            deep = {"y": deep}
        of = {name: deep for name in ("category", "contact", "business") if name != shallow} | {shallow: "x"}
        carriers = {"category": Category(extras={"X": of["category"]}), "business": Business(extras={"X": of["business"]})}
        return ContactEntity(**carriers, extras={"X": {"y": of["contact"]}})

    fits, exceeds = (make(max_depth=100).encode(contact(levels)) for levels in (62, 63))
    assert make().decode(fits) == contact(62)
    with pytest.raises(ContentTooLarge):
        make().decode(exceeds)


@pytest.mark.parametrize("make", [asgi.ContactApplication, wsgi.ContactApplication])
@pytest.mark.parametrize("option", ["max_bytes", "max_depth", "max_objects", "max_faults"])
def test_a_limit_of_an_application_is_an_integer(make, option):
    """A limit of an application that is no integer is a ValueError where the application is made."""
    with pytest.raises(ValueError, match=f"{option} is an integer"):
        make({}.get, print, **{option: "10"})


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


UNKNOWN = [
    (XmlCodec, b"<ContactEntity><Name>a</Name><X/><Category><Id>b</Id></Category></ContactEntity>", ["/X", "/Category/Id"]),
    (XmlCodec, b"<ContactEntity><Category><X/></Category></ContactEntity>", ["/Category/X"]),
    (FormCodec, b"Name=a&X=&Category.Id=b", ["/X", "/Category/Id"]),
    (FormCodec, b"name=a&Category.X=b", ["/Category/X"]),
]


@pytest.mark.parametrize(("make", "body", "pointers"), UNKNOWN)
def test_builtins_too_have_no_unknown_member_where_that_is_a_fault(make, body, pointers):
    """With `unknown="error"`, `read` refuses an unknown member as `decode` does, so that no PATCH adds one."""
    for reads in ("decode", "read"):
        with pytest.raises(ValidationError) as caught:
            getattr(make(unknown="error"), reads)(body, ContactEntity)
        assert sorted(issue.pointer for issue in caught.value.issues) == sorted(pointers)


@pytest.mark.parametrize(
    ("make", "body"), [(XmlCodec, b"<ContactEntity><contactId>b</contactId></ContactEntity>"), (FormCodec, b"contactId=b")]
)
def test_builtins_may_have_values_of_another_kind_where_an_unknown_member_is_a_fault(make, body):
    """With `unknown="error"` too, `read` leaves a value that does not fit its property to who uses it."""
    assert make(unknown="error").read(body, ContactEntity) == {"contactId": "b"}
