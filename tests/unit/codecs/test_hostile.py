"""The memory and work that an error takes are bounded by the size of the body, whatever is in it."""

import sys

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    ContactWireError,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    FormCodec,
    Int32,
    JsonCodec,
    JsonPatch,
    Maybe,
    MergePatch,
    Person,
    ValidationError,
    XmlCodec,
    diff,
    encode,
)
from contactwire.codecs.patches import JsonPatchCodec, MergePatchCodec

TIMES, TIMES_OF_OBJECTS = 20, 50
"""How many times its own size in memory refusing a body may take.

A body of nothing but objects of a few bytes takes more, about 200 bytes of Python each. `max_objects` bounds these.
"""

FIXED = 600_000
"""The memory that an error may take for any body: tables, the error itself, patterns at their first use."""


def long_key(size, inside):
    """An entry of `FieldProperties` whose key is half of the body."""
    return b'{"FieldProperties":{"' + b"k" * (size // 2) + b'":{' + inside + b'"x":1}}}'


def spellings(count):
    """Some spellings of one property in different letter cases."""
    letters = "fieldlength"
    for bits in range(min(2 ** len(letters), count)):
        yield "".join(letter.upper() if bits >> place & 1 else letter for place, letter in enumerate(letters)).encode()


def spelled(size):
    """Members that all spell one property in different letter cases, each with a wrong value."""
    return b",".join(b'"%s":""' % word for word in spellings(size // 30)) + b","


def in_form(size, dictionary, pair):
    """A form with an entry of a dictionary whose key is half of the form, and pairs that belong to its value."""
    value = dictionary + b"[0].Value"
    pairs = (pair % (value, number) for number in range(size // 100))
    return dictionary + b"[0].Key=" + b"k" * (size // 2) + b"".join(pairs)


JSON, STRICT, XML, FORM = JsonCodec(), JsonCodec(duplicates="error"), XmlCodec(), FormCodec()
LISTS = [
    (JSON, b'{"Emails":[{}]}', (1, 11)),
    (XML, b"<ContactEntity><Emails><EntityElement/></Emails></ContactEntity>", (1, 16)),
    (FORM, b"Name=a&Emails[0].Value=b", (1, 8)),
]


@pytest.mark.parametrize(("codec", "body", "place"), LISTS, ids=["JSON", "XML", "form"])
@pytest.mark.parametrize("digits", [1, 10, 19, 5000])
def test_the_place_of_an_item_that_is_not_there(codec, body, place, digits):
    """`locate` gives the place of the list for an index behind its end, of however many digits."""
    assert codec.locate(body, [f"/Emails/{'9' * digits}"]) == [place]


HOSTILE = {
    "JSON, faults below a long key": (JSON, lambda n: long_key(n, spelled(n))),
    "JSON, faults deep inside": (
        JSON,
        lambda n: b'{"Interests":[' + b'{"ChildItems":[' * 30 + b'{"Id":""},' * (n // 10) + b"{}" + b"]}" * 30 + b"]}",
    ),
    "JSON, a syntax error behind a long key": (JSON, lambda n: b'{"' + b"k" * (n // 2) + b'":[' + b"1," * (n // 4) + b"x"),
    "JSON, a syntax error behind many objects": (JSON, lambda n: b'{"a":[' + b'{"b":1},' * (n // 8) + b"x"),
    "JSON, a syntax error behind deep lists": (JSON, lambda n: b'{"a":[' + b"[[[[[[[[[[1]]]]]]]]]]," * (n // 22) + b"x"),
    "JSON, repeated members below a long key": (
        STRICT,
        lambda n: b'{"' + b"k" * (n // 2) + b'":[' + b'{"a":1,"a":1},' * (n // 28) + b"1]}",
    ),
    "JSON, a double with too many digits": (
        JsonCodec(coerce=True),
        lambda n: b'{"Address":{"Wgs84Latitude":"' + b"1" * n + b'x"}}',
    ),
    "XML, faults below a long key": (
        XML,
        lambda n: (
            b"<ContactEntity><FieldProperties><P><Key>"
            + b"k" * (n // 2)
            + b"</Key><Value>"
            + b"<FieldLength>x</FieldLength>" * (n // 56)
            + b"</Value></P></FieldProperties></ContactEntity>"
        ),
    ),
    "XML, faults in many items": (
        XML,
        lambda n: b"<ContactEntity><Interests>" + b"<a><Id>x</Id></a>" * (n // 17) + b"</Interests></ContactEntity>",
    ),
    "XML, faults that only the walk sees": (
        XmlCodec(duplicates="error"),
        lambda n: b"<ContactEntity>" + b"<Name/>" * (n // 7) + b"</ContactEntity>",
    ),
    "XML, repeated elements below a long key": (
        XmlCodec(duplicates="error"),
        lambda n: (
            b"<ContactEntity><FieldProperties><P><Key>"
            + b"k" * (n // 2)
            + b"</Key><Value>"
            + b"<FieldLength>1</FieldLength>" * (n // 56)
            + b"</Value></P></FieldProperties></ContactEntity>"
        ),
    ),
    "form, values in a single one below a long key": (FORM, lambda n: in_form(n, b"CustomFields", b"&%s.a%d=1")),
    "form, values in a number below a long key": (FORM, lambda n: in_form(n, b"FieldProperties", b"&%s.FieldLength.a%d=1")),
    "form, items in an object below a long key": (FORM, lambda n: in_form(n, b"FieldProperties", b"&%s[%d]=1")),
    "form, two shapes of a value below a long key": (FORM, lambda n: in_form(n, b"CustomFields", b"&%s[a%d].b=1")),
    "form, repeated values below a long key": (
        FormCodec(duplicates="error"),
        lambda n: in_form(n, b"FieldProperties", b"&%s.FieldLength=%d"),
    ),
    "form, faults below a long key behind a gap": (
        FORM,
        lambda n: in_form(n, b"Persons[1].FieldProperties", b"&%s.FieldLength.a%d=1"),
    ),
    "form, faults in many pairs": (FORM, lambda n: b"&".join(b"Interests[%d].Id=x" % index for index in range(n // 18))),
    "JSON Patch, faults in many operations": (
        JsonPatchCodec(max_operations=10**6),
        lambda n: b"[" + b'{"op":"x"},' * (n // 11) + b"1]",
    ),
    "merge patch, a syntax error": (MergePatchCodec(), lambda n: b'{"a":[' + b'"b",' * (n // 4) + b"x"),
}


def refused(codec, body):
    """The error of a codec that refuses a body."""
    with pytest.raises(ContactWireError) as caught:
        codec.decode(body, ContactEntity)
    return caught.value


def calls(run, *arguments):
    """The number of function calls, C functions included, while something runs."""
    count = 0

    def profile(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        run(*arguments)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", HOSTILE)
def test_an_error_takes_memory_by_the_size_of_its_body(name, fits):
    """Refusing a body takes at most about twenty times its own memory, and its answer is at most 64 kB."""
    codec, make = HOSTILE[name]
    body = make(100_000)
    refused(codec, make(1_000))
    errors = []
    assert fits(
        lambda: errors.append(refused(codec, body)), (TIMES if "long key" in name else TIMES_OF_OBJECTS) * len(body) + FIXED
    )
    error = errors[0]
    assert len(error.to_body()) <= 64 * 1024
    assert len(error.to_xml()) <= 64 * 1024


@pytest.mark.parametrize("name", HOSTILE)
def test_an_error_takes_work_by_the_size_of_its_body(name):
    """Refusing a body of four times the size takes at most about four times the calls."""
    codec, make = HOSTILE[name]
    refused(codec, make(1_000))
    small, large = (calls(refused, codec, make(size)) for size in (20_000, 80_000))
    assert large <= 5 * small + 500


LONG = {
    "JSON, quotes in a string without end": (JSON.decode, b"[" * 200_001 + b'"' + b'\\"' * 2_000_000),
    "XML, a blank text and a fault before many elements": (
        XML.decode,
        b"<ContactEntity>" + b" " * 2_000_000 + b"x" + b"<Name>a</Name> " * 200_000 + b"</ContactEntity>",
    ),
    "XML, the same in a list": (
        XmlCodec(max_objects=10**6).decode,
        b"<ContactEntity><Domains>" + b" " * 2_000_000 + b"x" + b"<a>a</a> " * 200_000 + b"</Domains></ContactEntity>",
    ),
    "XML, the same in a dictionary's entry": (
        XML.decode,
        b"<ContactEntity><CustomFields><a>"
        + b" " * 2_000_000
        + b"x"
        + b"<Key>a</Key> " * 200_000
        + b"</a></CustomFields></ContactEntity>",
    ),
    "XML stream, blanks in the tag of the root": (
        lambda body: next(XML.iter_decode(body)),
        b"<ArrayOfContactEntity" + b" " * 2_000_000 + b"><ContactEntity><ContactId>x",
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_no_body_takes_quadratic_time(name):
    """A long body is refused at once; in time that grows with the square of its size, this would take hours."""
    decode, body = LONG[name]
    with pytest.raises(ContactWireError):
        decode(body)


def test_what_is_refused_is_freed_before_it_is_read_again(fits):
    """A body of numbers that take twenty times their text in memory is there once while its fault is sought."""
    body = b'{"X":[' + b"1e999," * 50_000 + b"1]}"
    codec = JsonCodec(unknown="error")
    assert fits(lambda: refused(codec, body), 30 * len(body))


LINES = {
    "JSON": (JSON, b'{"Domains":[' + b"\n" * 500_000 + b"1]}", "/Domains/0", (500_001, 1)),
    "XML": (
        XML,
        b"<ContactEntity>" + b"\n" * 500_000 + b"<ContactId>x</ContactId></ContactEntity>",
        "/ContactId",
        (500_001, 1),
    ),
    "form": (FORM, b"Name=" + b"\n" * 500_000 + b"&ContactId=x", "/ContactId", (500_001, 2)),
}


@pytest.mark.parametrize("name", LINES)
def test_lines_take_no_memory(name, fits):
    """The place of a fault behind any number of line breaks is found without a list of the lines."""
    codec, body, pointer, place = LINES[name]
    assert codec.locate(body, [pointer, "", pointer])[::2] == [place, place]
    assert fits(lambda: codec.locate(body, [pointer]), 12 * len(body))


ESCAPED = [rb"\u0041", rb"\uABCD", rb"\ud7ff", rb"\uDBFF\uDC00", rb"x\uE000\n", rb"\ud83d\ude00\u0000"]


@pytest.mark.parametrize("text", ESCAPED)
@pytest.mark.parametrize("open_", [b'{"X":[%s', b'{"X":{"a":%s'], ids=["items", "members"])
def test_a_syntax_error_behind_many_escapes_is_found_at_once(text, open_):
    """The scan for a syntax error passes over escapes of characters as over any text, and stops at a lone surrogate."""
    string = b'"' + text + b'"'
    items = (string if b"[" in open_ else string + b":" + string) + b","
    body = open_ % (string + b"," + items * 1_000)
    assert refused(JSON, body + b"x").column == len(body) + 1
    assert calls(refused, JSON, body + b"x") < 500
    for lone in (rb'"\ud800"', rb'"a\uDFFF"', rb'"\ud83d\ud83d\ude00"', rb'"\ud83d\u0041"', rb'"\udc00\ud83d"'):
        assert refused(JSON, body + lone + b":1,x").message.startswith("a lone surrogate")


LONG_NAME = "k" * 4_000_000


def test_no_value_takes_quadratic_time_to_refuse():
    """A value with many items below a long name is refused at once; with a pointer for each item, this would take hours."""
    contact = ContactEntity(extras={LONG_NAME: ["a"] * 100_000 + ["\x01"]})
    with pytest.raises(EncodeError) as caught:
        XML.encode(contact)
    assert [issue.pointer for issue in caught.value.issues] == [f"/{LONG_NAME}/100000"]


@pytest.mark.parametrize("value", [["a"] * 1_000, {"b": ["a"] * 1_000}, [{"b": "a"}] * 1_000, [["a"], ["a"]] * 500])
@pytest.mark.parametrize("codec", [JSON, XML], ids=["JSON", "XML"])
def test_a_long_name_is_not_written_for_each_item(codec, value):
    """A body of a list below a long name has the name once, and reads back equal."""
    contact = ContactEntity(extras={"k" * 10_000: value})
    body = codec.encode(contact)
    assert len(body) < 200_000
    assert codec.decode(body) == contact


@pytest.mark.parametrize("style", ["dots", "brackets"])
def test_no_form_repeats_a_long_key(style):
    """A form cannot do without the name at each item, so a name in too long a key is an EncodeError with its pointer."""
    codec = FormCodec(style=style, max_key_length=40, max_faults=2)
    extras = {"ø" * 40: "a", "ø" * 37: ["a"], "b" * 38: ["a"], "c": {"d" * 40: {"e": "f"}}}
    for name, value in extras.items():
        contact = ContactEntity(extras={name: value})
        if "ø" in name:
            assert codec.decode(codec.encode(contact)) == contact
        else:
            with pytest.raises(EncodeError, match="a key of a form has at most 40 characters"):
                codec.encode(contact)
    with pytest.raises(EncodeError) as caught:
        codec.encode(ContactEntity(extras={"k" * 1_000_000: ["a"] * 100_000, "c": {"d" * 40: 1}, "b" * 38: ["a"] * 10}))
    assert [(len(issue.pointer), issue.expected) for issue in caught.value.issues] == [
        (1_000_001, "a shorter key"),
        (43, "a shorter key"),
    ]
    assert caught.value.more


@pytest.mark.parametrize("make", [JsonPatch.parse, MergePatch.parse])
def test_the_faults_of_a_patch_share_their_pointers(make, fits):
    """Applying a patch with many wrong values below one long key takes the memory of a few such keys."""
    key, wrong = "k" * 100_000, dict.fromkeys(map(bytes.decode, spellings(200)), "")
    value = {"FieldProperties": {key: wrong}}
    patch = make(value if make == MergePatch.parse else [{"op": "add", "path": "/FieldProperties", "value": {key: wrong}}])
    errors = []

    def apply():
        with pytest.raises(ValidationError) as caught:
            patch.apply(ContactEntity())
        errors.append(caught.value)

    apply()
    assert fits(apply, TIMES * len(key) + FIXED)
    assert len(errors[0].issues) == 100
    assert key in errors[0].issues[99].pointer


MANY = 250
EACH_WRONG = {
    "JSON": (JSON, b'{"Interests":[' + b",".join([b'{"Id":""}'] * MANY) + b"]}"),
    "JSON, repeated": (STRICT, b'{"X":[' + b",".join([b'{"a":1,"a":1}'] * MANY) + b"]}"),
    "XML": (XML, b"<ContactEntity><Interests>" + b"<a><Id>x</Id></a>" * MANY + b"</Interests></ContactEntity>"),
    "XML, repeated": (XmlCodec(duplicates="error"), b"<ContactEntity>" + b"<Name/>" * (MANY + 1) + b"</ContactEntity>"),
    "form": (FORM, b"&".join(b"Interests[%d].Id=x" % index for index in range(MANY))),
    "JSON Patch": (JsonPatchCodec(), b"[" + b",".join([b'{"op":"x","path":"/Name"}'] * MANY) + b"]"),
}


@pytest.mark.parametrize("name", EACH_WRONG)
def test_faults_are_listed_up_to_a_limit(name):
    """An error lists the first `max_faults` faults, by default 100, and says whether there are more."""
    codec, body = EACH_WRONG[name]
    everything = refused(attrs.evolve(codec, max_faults=MANY), body)
    assert (len(everything.issues), everything.more) == (MANY, False)
    first = refused(codec, body)
    assert (first.issues, first.more) == (everything.issues[:100], True)
    assert "more than 100 faults" in str(first)
    one = refused(attrs.evolve(codec, max_faults=1), body)
    assert (one.issues, one.more) == (everything.issues[:1], True)


@pytest.mark.parametrize("codec", [JSON, XML, FORM], ids=["JSON", "XML", "form"])
def test_faults_of_what_cannot_be_written_are_listed_up_to_a_limit(codec):
    """Encoding lists the first `max_faults` faults of a value, as decoding does."""
    value = ContactEntity(domains=list(range(MANY)))
    for limit, found, more in ((100, 100, True), (MANY, MANY, False)):
        with pytest.raises(EncodeError) as caught:
            attrs.evolve(codec, max_faults=limit).encode(value)
        assert (len(caught.value.issues), caught.value.more) == (found, more)


def test_faults_of_a_patch_are_listed_up_to_a_limit():
    """Applying a patch lists the first faults of its values, as decoding does."""
    wrong = {"Interests": [{"Id": ""}] * MANY}
    operations = [{"op": "add", "path": "/Deleted", "value": "x"}] * MANY
    each = {"FieldProperties": {f"key{number}": {"FieldLength": "x"} for number in range(MANY)}}
    whole = [{"op": "add", "path": f"/{name}", "value": value} for name, value in wrong.items()]
    patches = (MergePatch.parse(wrong), MergePatch.parse(each), JsonPatch.parse(operations), JsonPatch.parse(whole))
    for patch in patches:
        with pytest.raises(ValidationError) as caught:
            patch.apply(ContactEntity())
        assert (len(caught.value.issues), caught.value.more) == (100, True)


class Answer(Carrier):
    """A carrier whose validator refuses a text."""

    text: Maybe[str] = attrs.field(default=UNSET, validator=attrs.validators.in_(["yes", UNSET]))


class Answers(Carrier):
    """A carrier with many answers."""

    answers: Maybe[list[Answer]] = UNSET


def refused_answers():
    """Many answers that their class refuses."""
    with attrs.validators.disabled():
        return Answers(answers=[Answer(text="no") for _ in range(MANY)])


NOT_JSON = [object()] * MANY
HANDED_ON = {
    "value of an operation": lambda: JsonPatch.parse([{"op": "add", "path": "/X", "value": NOT_JSON}]),
    "merge patch": lambda: MergePatch.parse({"X": NOT_JSON}),
    "difference": lambda: diff(Answers(), refused_answers(), dialect="server"),
    "difference, merge patch": lambda: MergePatch.between(Answers(), refused_answers()),
}


@pytest.mark.parametrize("name", HANDED_ON)
def test_an_error_made_of_another_says_too_that_there_are_more_faults(name):
    """Where the faults of one error become those of another, it says as well that there are more than are listed."""
    with pytest.raises((ValidationError, EncodeError), match="more than 100 faults") as caught:
        HANDED_ON[name]()
    assert (len(caught.value.issues), caught.value.more) == (100, True)


def test_a_long_pointer_is_whole_but_shown_by_its_ends():
    """An issue's `pointer` is whole whatever its length, and the error's text shows both ends of it."""
    key = "k" * 10_000
    error = refused(JSON, b'{"FieldProperties":{"%s":{"FieldLength":""}}}' % key.encode())
    assert error.issues[0].pointer == f"/FieldProperties/{key}/FieldLength"
    assert "/FieldProperties/kkk" in str(error)
    assert "kkk/FieldLength" in str(error)
    assert len(str(error)) < 1_000


FULL = {
    "JSON": (JSON, b'{"Persons":[' + b"{}," * 98 + b"{}]}"),
    "JSON, unknown": (JSON, b'{"x":[' + b"[]," * 98 + b"[]]}"),
    "JSON, with brackets in strings": (JSON, b'{"Name":"[[[[{{{{","Persons":[' + b"{}," * 98 + b"{}]}"),
    "XML": (XML, b"<ContactEntity><Persons>" + b"<Person/>" * 99 + b"</Persons></ContactEntity>"),
    "XML, unknown": (XML, b"<ContactEntity><x>" + b"<a/>" * 99 + b"</x></ContactEntity>"),
    "form": (FORM, b"&".join(b"Persons[%d].Firstname=x" % index for index in range(100))),
    "merge patch": (MergePatchCodec(), b'{"Persons":[' + b"{}," * 98 + b"{}]}"),
    "JSON Patch": (JsonPatchCodec(), b'[{"op":"add","path":"/Persons","value":[' + b"{}," * 97 + b"{}]}]"),
}


@pytest.mark.parametrize("name", FULL)
def test_what_a_body_holds_is_counted(name):
    """Carriers, lists and dictionaries of a body count together, unknown ones too, and more than `max_objects` are a 413."""
    codec, body = FULL[name]
    held = 101
    attrs.evolve(codec, max_objects=held).decode(body, ContactEntity)
    error = refused(attrs.evolve(codec, max_objects=held - 1), body)
    assert isinstance(error, ContentTooLarge)
    assert error.status == 413


COUNTED = {
    "short strings": '"","","",""',
    "brackets in strings": '"[","{"',
    "escaped quotes": r'"\"["',
    "backslashes at the ends of strings": r'"\\","\\\\"',
    "members": '{"":"","":""}',
}


@pytest.mark.parametrize("codec", [JSON, JsonPatchCodec(), MergePatchCodec()], ids=["JSON", "JSON Patch", "merge patch"])
@pytest.mark.parametrize("name", COUNTED)
def test_counting_what_a_body_holds_takes_little_memory(codec, name, fits):
    """A body that is refused for what it holds takes a few times its own size, whatever strings it has."""
    body = ('{"x":[' + f"[{COUNTED[name]}]," * 100_000 + "[]]}").encode()
    codec = attrs.evolve(codec, max_objects=100_000)
    assert isinstance(refused(codec, body), ContentTooLarge)
    assert fits(lambda: refused(codec, body), 5 * len(body))


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_brackets_in_strings_are_not_counted(name, pieces):
    """What a body holds is counted outside of strings, however long the body is and wherever its strings begin."""
    length = 30_000 * pieces
    body = ("{" + '"[":"' + "{" * length + '","x":[' + f"[{COUNTED[name]}]," * (length + 1) + "[]]}").encode()
    held = 3 + (length + 1) * (2 if name == "members" else 1)
    JsonCodec(max_objects=held).decode(body)
    assert isinstance(refused(JsonCodec(max_objects=held - 1), body), ContentTooLarge)


def test_a_list_of_complete_contacts_is_within_the_limits():
    """A list of complete contacts that fits into `max_bytes` is within the default limit of objects."""
    people = [Person(firstname="x") for _ in range(5)]
    contacts = [ContactEntityWithLinks(name="x", persons=people, domains=["a"]) for _ in range(2_000)]
    body = encode(contacts)
    assert len(JSON.decode(body, list[ContactEntityWithLinks])) == 2_000


@pytest.mark.parametrize("codec", [JSON, XML, FORM], ids=["JSON", "XML", "form"])
@pytest.mark.parametrize("depth", [20, 40])
def test_a_list_that_holds_the_same_list_twice_over_and_over_is_refused(codec, depth):
    """A list that holds one list twice at each of many levels is an EncodeError, found by looking at each list once."""
    lists = [1]
    for _ in range(depth):
        lists = [lists, lists]
    contact = ContactEntity()
    contact.extras = {"x": lists}
    with pytest.raises(EncodeError) as caught:
        codec.encode(contact)
    assert [issue.pointer for issue in caught.value.issues] == ["/x"]


def test_the_end_of_a_syntax_error_is_the_same_wherever_the_scan_passes_over():
    """A syntax error behind values that the scan skips has its own place and what was expected there."""
    for values in (b"", b"1,", b'"a",[],{},', b'{"a":[{"b":[1.5e3,true,null]}]},', b"[[[[[[[[1]]]]]]]],", b'"\\u0041",'):
        error = refused(JSON, b'{"a":[' + values + b"x")
        assert isinstance(error, DecodeError)
        assert (error.column, error.message) == (len(values) + 7, 'unexpected "x"')


class Nest(Carrier):
    """A carrier that nests without end."""

    nest: Maybe["Nest"] = UNSET
    text: Maybe[str] = UNSET
    rank: Maybe[Int32] = UNSET


DEEP = 5_000
ANY_DEPTH = {
    "JSON": JsonCodec(max_depth=10 * DEEP),
    "JSON, strict": JsonCodec(max_depth=10 * DEEP, duplicates="error"),
    "XML": XmlCodec(max_depth=10 * DEEP),
    "form": FormCodec(max_depth=10 * DEEP, max_key_length=10 * DEEP),
}


def nested(name, rank, depth):
    """The body of carriers inside each other, of which the innermost has a rank."""
    if name == "form":
        return b"Nest." * (depth - 1) + b"Nest.Rank=" + rank
    if name == "XML":
        return b"<Nest>" * (depth + 1) + b"<Rank>" + rank + b"</Rank>" + b"</Nest>" * (depth + 1)
    return b'{"Nest":' * depth + b'{"Rank":' + rank + b"}" + b"}" * depth


@pytest.mark.parametrize("name", ANY_DEPTH)
@pytest.mark.parametrize("depth", [600, 1_500, DEEP])
@pytest.mark.parametrize("rank", [b"1", b'"x"'], ids=["right", "wrong"])
def test_a_body_that_nests_deeper_than_python_can_follow_is_too_large(name, depth, rank):
    """Where `max_depth` allows more levels than the interpreter's stack, a body is read, or is a ContactWireError."""
    try:
        carrier = ANY_DEPTH[name].decode(nested(name, rank, depth), Nest)
    except ContactWireError as error:
        assert type(error) is ContentTooLarge
        assert "nesting is deeper than" in str(error)
    else:
        assert rank == b"1"
        assert carrier.nest


ENCODERS = {
    **{name: codec.encode for name, codec in ANY_DEPTH.items()},
    "XML stream": lambda value: list(ANY_DEPTH["XML"].iter_encode([value])),
}


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("inmost", [Nest(rank=2**40), Nest(text="\x01"), Nest(extras={"a": {"b": "\x01"}})], ids=repr)
@pytest.mark.parametrize("depth", [300, DEEP])
def test_a_value_that_nests_deeper_than_python_can_follow_is_not_encoded(name, inmost, depth):
    """Where `max_depth` allows more levels than the interpreter's stack, a value is written, or is an EncodeError."""
    value = inmost
    for _ in range(depth):
        value = Nest(nest=value)
    try:
        ENCODERS[name](value)
    except EncodeError as error:
        assert error.issues
    else:
        assert inmost.rank is UNSET


@pytest.mark.parametrize("unknown", ["keep", "ignore", "error"])
@pytest.mark.parametrize(
    ("make", "body"),
    [
        (JsonCodec, b'{"X":{"Y":{"Z":{"A":1}}}}'),
        (XmlCodec, b"<ContactEntity><X><Y><Z><A>1</A></Z></Y></X></ContactEntity>"),
        (FormCodec, b"X.Y.Z.A=1"),
    ],
)
def test_an_unknown_member_counts_whatever_becomes_of_it(make, body, unknown):
    """A body with an unknown member that nests too deep is too large, also where unknown members are not kept."""
    with pytest.raises(ContentTooLarge):
        make(max_depth=3, unknown=unknown).decode(body)
