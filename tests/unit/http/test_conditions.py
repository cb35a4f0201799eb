"""Entity tags, dates, and the order of preconditions."""

from datetime import datetime, timedelta, timezone

import pytest

from contactwire import (
    UNSET,
    ContactEntity,
    ContactEntityWithLinks,
    EntityElement,
    FieldProperty,
    JsonCodec,
    TableRight,
    Timestamp,
    default_registry,
    evolve,
    from_builtins,
    to_builtins,
)
from contactwire.errors import HeaderError, NotFound, NotModified, PreconditionFailed
from contactwire.http import ContactEndpoint, EntityTag, EntityTags, Precondition
from contactwire.negotiation import RESPONSE_TYPES

ENDPOINT = ContactEndpoint(base_time_zone="NO")
PATH = "/api/v1/Contact/5"
CHANGED = "Thu, 02 Jan 2020 03:04:05 GMT"
BEFORE, AFTER = "Thu, 02 Jan 2020 03:04:04 GMT", "Thu, 02 Jan 2020 03:04:06 GMT"


@pytest.fixture
def stored():
    """The contact that the server stores."""
    return ContactEntityWithLinks(
        contact_id=5,
        name='NO:"Gammel";US:"Old"',
        updated_date=Timestamp.parse("2020-01-02T03:04:05.9"),
        emails=[EntityElement(value="a@b.example")],
        table_right=TableRight(mask="FULL"),
        links={"Self": "/5"},
    )


def get(stored, query="", **headers):
    """The answer to a GET."""
    request = ENDPOINT.parse("GET", PATH, query, {name.replace("_", "-"): value for name, value in headers.items()})
    return request.respond(request.apply(stored))


def tag_of(response):
    """The entity tag in an answer."""
    return dict(response.headers)["ETag"]


def change(stored, method="PUT", **headers):
    """The outcome of a conditional change of the stored contact."""
    fields = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return ENDPOINT.parse(method, PATH, "", fields, b'{"Name":"New"}').apply(stored)


def test_an_answer_has_a_strong_tag(stored):
    """Equal answers have the same tag, which is quoted and not weak (RFC 9110 §8.8.3)."""
    tag = tag_of(get(stored))
    assert tag == tag_of(get(evolve(stored)))
    assert EntityTags.parse("ETag", tag).tags[0].weak is False
    assert str(EntityTags.parse("ETag", tag).tags[0]) == tag


def test_every_form_of_an_answer_has_a_tag_of_its_own(stored):
    """Formats, selections and time zones have different tags, which all name one version."""
    stored.dbi_last_modified = Timestamp.parse("2020-01-01T00:00:00")
    answers = [get(stored, Accept=media_type) for media_type in RESPONSE_TYPES]
    answers += [
        get(stored, "$select=name"),
        get(stored, SO_TimeZone="US-NY"),
        get(stored, "$select=name", Accept="text/xml"),
    ]
    tags = [tag_of(answer) for answer in answers]
    assert len(set(tags)) == len(tags)
    for tag in tags:
        assert change(stored, If_Match=tag).name == "New"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "New"},
        {"department": None},
        {"emails": []},
        {"updated_date": Timestamp.parse("2020-01-02T03:04:05.9000001")},
        {"extras": {"Odd": 1}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_change_gives_another_version(stored, changes):
    """After any change of a contact its old tag does not match, even within one second."""
    tag = tag_of(get(stored))
    with pytest.raises(PreconditionFailed, match="contact 5 has another version than If-Match names"):
        change(evolve(stored, **changes), If_Match=tag)


def test_rights_and_links_are_no_part_of_the_version(stored):
    """A tag still matches if the host adds another user's rights, and the answer with these has another tag."""
    other = evolve(stored, table_right=TableRight(mask="Select"), links=None, field_properties={"Name": FieldProperty()})
    assert change(other, If_Match=tag_of(get(stored))).name == "New"
    assert tag_of(get(other)) != tag_of(get(stored))


def test_rights_in_nested_carriers_are_no_part_of_the_version(stored):
    """Rights in nested carriers are no part of the version, at any depth."""
    emails = [evolve(stored.emails[0], table_right=TableRight(mask="Select"), field_properties=None)]
    assert change(evolve(stored, emails=emails), If_Match=tag_of(get(stored))).name == "New"
    with pytest.raises(PreconditionFailed):
        change(evolve(stored, emails=[evolve(emails[0], description="x")]), If_Match=tag_of(get(stored)))


def test_links_among_unknown_members_are_no_part_of_the_version(stored):
    """A tag still matches if the host adds links to a contact whose class has none; another unknown member counts."""
    plain = from_builtins({**to_builtins(stored), "_Links": {"Self": "/5"}}, ContactEntity)
    other = evolve(plain, extras={**plain.extras, "_links": {"Self": "https://crm.example/5"}, "_Links": None})
    assert change(other, If_Match=tag_of(get(plain))).name == "New"
    with pytest.raises(PreconditionFailed):
        change(evolve(plain, extras={**plain.extras, "Shoe": 44}), If_Match=tag_of(get(plain)))


MATCHING = [
    ("the tag", "{tag}", True),
    ("among others", '"x", , {tag}', True),
    ("any", "*", True),
    ("another tag", '"x"', False),
    ("a weak tag", "W/{tag}", False),
    ("a comma in a tag", '"a,b",{tag}', True),
    ("the empty tag", '""', False),
]


@pytest.mark.parametrize(("field", "fine"), [row[1:] for row in MATCHING], ids=[row[0] for row in MATCHING])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_if_match(stored, method, field, fine):
    """`If-Match` lets a change through if it has a strong tag of the stored version, or `*` (§13.1.1)."""
    field = field.format(tag=tag_of(get(stored)))
    if fine:
        assert change(stored, method, If_Match=field).name == "New"
    else:
        with pytest.raises(PreconditionFailed):
            change(stored, method, If_Match=field)


@pytest.mark.parametrize("field", ["abc", '"a', 'a"', '"a" "b"', 'w/"a"', "*, *", '"a""', ""])
@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
def test_malformed_tags_are_refused(name, field):
    """A field without well-formed tags is a bad request, since it is unclear whether its condition holds."""
    with pytest.raises(HeaderError, match=f"{name}: is no list of entity tags in double quotes"):
        Precondition.from_headers({name: field})


@pytest.mark.parametrize("field", ["*", "{tag}", 'W/{tag}, "x"'])
def test_if_none_match_on_a_change(stored, field):
    """`If-None-Match` of `*` or of the stored version makes a change a 412 (§13.1.2)."""
    with pytest.raises(PreconditionFailed, match="If-None-Match"):
        change(stored, If_None_Match=field.format(tag=tag_of(get(stored))))
    assert change(stored, If_None_Match='"x"').name == "New"


@pytest.mark.parametrize("field", ["{tag}", "W/{tag}", '"x", {tag}', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_if_none_match_on_a_read(stored, method, field):
    """A GET with `If-None-Match` of the current answer is a 304 without a body, with the 200's tag and date (§15.4.5)."""
    tag = tag_of(get(stored))
    request = ENDPOINT.parse(method, PATH, "", {"If-None-Match": field.format(tag=tag)})
    answer = request.respond(request.apply(stored))
    assert (answer.status, answer.body) == (304, b"")
    assert {"ETag": tag, "Last-Modified": CHANGED}.items() <= dict(answer.headers).items()
    assert "Content-Length" not in dict(answer.headers)


CHOOSING = {"Accept", "Accept-Language", "SO-Language", "SO-Culture", "SO-TimeZone"}


def test_every_answer_names_the_fields_that_choose_it(stored):
    """`Vary` names the fields by which one resource has several answers (RFC 9110 §12.5.5), in a 304 and an error, too."""
    tag = tag_of(get(stored))
    answers = [
        get(stored),
        get(stored, Accept="text/xml"),
        get(stored, If_None_Match=tag),
        *(ENDPOINT.respond_error(error) for error in (NotModified("m"), NotFound("m"), PreconditionFailed("m"))),
    ]
    assert [answer.status for answer in answers] == [200, 200, 304, 304, 404, 412]
    for answer in answers:
        assert set(dict(answer.headers)["Vary"].split(", ")) == CHOOSING


def test_another_form_is_not_what_the_client_has(stored):
    """The tag of the XML answer does not make a GET of JSON a 304, since the bytes differ."""
    assert get(stored, If_None_Match=tag_of(get(stored, Accept="text/xml"))).status == 200


PRECEDENCE = [
    ("If-Match beside a date that is too early", {"If-Match": "{tag}", "If-Unmodified-Since": BEFORE}, 200),
    ("no match beside a date that holds", {"If-Match": '"x"', "If-Unmodified-Since": AFTER}, 412),
    ("both hold", {"If-Match": "{tag}", "If-None-Match": '"x"'}, 200),
    ("a match, and a match that must not be", {"If-Match": "{tag}", "If-None-Match": "{tag}"}, 412),
    ("a date that holds, and a match that must not be", {"If-Unmodified-Since": AFTER, "If-None-Match": "*"}, 412),
    ("If-Modified-Since on a change", {"If-Modified-Since": AFTER}, 200),
    ("two dates", {"If-Unmodified-Since": f"{BEFORE}, {BEFORE}"}, 200),
]


@pytest.mark.parametrize(("fields", "status"), [row[1:] for row in PRECEDENCE], ids=[row[0] for row in PRECEDENCE])
def test_precedence_on_a_change(stored, fields, status):
    """For a change, a tag wins over a date, and a malformed date is ignored (§13.2.2)."""
    tag = tag_of(get(stored))
    fields = {name.replace("-", "_"): value.format(tag=tag) for name, value in fields.items()}
    if status == 200:
        assert change(stored, **fields).name == "New"
    else:
        with pytest.raises(PreconditionFailed):
            change(stored, **fields)


READING = [
    ("a tag beside a date that would be a 304", {"If-None-Match": '"x"', "If-Modified-Since": AFTER}, 200),
    ("a tag beside a date that would be a 200", {"If-None-Match": "{tag}", "If-Modified-Since": BEFORE}, 304),
    ("a date alone", {"If-Modified-Since": CHANGED}, 304),
    ("If-Match of another version", {"If-Match": '"x"'}, 412),
    ("If-Unmodified-Since", {"If-Unmodified-Since": BEFORE}, 412),
]


@pytest.mark.parametrize(("fields", "status"), [row[1:] for row in READING], ids=[row[0] for row in READING])
def test_precedence_on_a_read(stored, fields, status):
    """For a GET, `If-None-Match` wins over `If-Modified-Since`, and `If-Match` counts (§13.1.3)."""
    tag = tag_of(get(stored))
    fields = {name.replace("-", "_"): value.format(tag=tag) for name, value in fields.items()}
    if status == 412:
        with pytest.raises(PreconditionFailed):
            get(stored, **fields)
    else:
        assert get(stored, **fields).status == status


@pytest.mark.parametrize("field", ["If_Unmodified_Since", "If_Modified_Since"])
@pytest.mark.parametrize("date", [UNSET, None])
def test_a_contact_without_a_date_is_changed_and_read_whatever_the_date(field, date):
    """Where a contact does not say when it was changed, a precondition with a date is ignored (§13.1.3 and §13.1.4)."""
    undated = ContactEntityWithLinks(contact_id=1, name="Old", created_date=date, updated_date=date, dbi_last_modified=date)
    assert change(undated, **{field: BEFORE}).name == "New"
    assert get(undated, **{field: BEFORE}).status == 200


def test_what_is_not_there_is_a_404_whatever_the_condition():
    """A contact that is not there is a 404, whatever the preconditions (§13.2.1)."""
    for fields in ({"If_Match": "*"}, {"If_None_Match": "*"}, {"If_Match": '"x"'}):
        with pytest.raises(NotFound):
            change(None, **fields)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=1), timedelta(days=3650)])
def test_last_modified_is_never_later_than_now(stored, ahead):
    """`Last-Modified` is left out where the date is in the present second or the future, and the tag is sent (§8.8.2.1)."""
    now = datetime.now(timezone.utc)
    stored.updated_date = Timestamp.from_datetime((now + ahead).replace(tzinfo=None))
    # If the second ends during the test, the date is in the past and may be sent.
    sent = dict(get(stored).headers).get("Last-Modified")
    assert sent is None or datetime.now(timezone.utc) >= now.replace(microsecond=0) + ahead + timedelta(seconds=1)
    assert tag_of(get(stored))
    assert get(stored, If_Modified_Since="Fri, 31 Dec 9999 23:59:59 GMT").status == (200 if sent is None else 304)


@pytest.mark.parametrize("path", [PATH, "/api/v1/Contact/default"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_cache_uses_what_was_read_without_asking(stored, method, path):
    """The answer to a GET or HEAD is stale at once, and one user's alone, so that no cache guesses (RFC 9111 §4.2.2)."""
    answers = [ENDPOINT.parse(method, path).respond(stored)]
    answers += [ENDPOINT.parse(method, PATH, "", {"If-None-Match": "*"}).respond(stored)]
    for answer in answers:
        assert dict(answer.headers)["Cache-Control"] == "private, no-cache"
    put = ENDPOINT.parse("PUT", PATH, "", {"Content-Type": "application/json"}, b"{}")
    assert "Cache-Control" not in dict(put.respond(put.apply(stored)).headers)


def test_a_change_is_answered_with_its_tag_and_place(stored):
    """The answer to a PUT or PATCH has the tag of its contact, and the contact's address in Content-Location."""
    for method in ("PUT", "PATCH"):
        request = ENDPOINT.parse(method, PATH, "", {"Content-Type": "application/json"}, b'{"Name":"New"}')
        saved = request.apply(stored)
        answer = request.respond(saved)
        assert dict(answer.headers)["Content-Location"] == PATH
        assert tag_of(answer) == tag_of(get(saved))
        assert change(saved, If_Match=tag_of(answer)).name == "New"


def test_an_answer_with_a_selection_is_not_the_contact(stored):
    """Content-Location is left out where a selection makes the answer less than the contact (§8.7)."""
    request = ENDPOINT.parse("PUT", PATH, "$select=name", {"Content-Type": "application/json"}, b'{"Name":"New"}')
    assert "Content-Location" not in dict(request.respond(request.apply(stored)).headers)


def test_a_contact_with_a_lone_surrogate_has_a_version(stored):
    """A contact with a lone surrogate, which a host's codec keeps, has a version that changes with it."""
    registry = default_registry.copy()
    registry.register(JsonCodec(surrogates="keep"), replace=True)
    request = ContactEndpoint(registry=registry).parse("GET", PATH)
    assert len({tag_of(request.respond(evolve(stored, name=name))) for name in ("\ud83d", "\ud83e", "x")}) == 3


def test_tags_are_values():
    """A tag is written as it was read, and its version is the part before the point."""
    assert str(EntityTag("a.b", weak=True)) == 'W/"a.b"'
    assert EntityTag("a.b").version == "a"
