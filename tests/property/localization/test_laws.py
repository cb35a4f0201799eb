"""The laws of languages and time zones."""

import copy
import re
from contextlib import suppress
from datetime import timezone
from itertools import count

from hypothesis import assume, given
from hypothesis import strategies as st

from contactwire.builtins import from_builtins, to_builtins
from contactwire.carriers import ContactEntity, ContactEntityWithLinks, SelectableMDOListItem
from contactwire.codecs import decode, encode
from contactwire.errors import HeaderError
from contactwire.localization import (
    TIME_ZONE_NAMES,
    LanguagePreference,
    TimeZonePreference,
    build_multi_language,
    change_in_language,
    change_in_zone,
    localize,
    parse_multi_language,
    parse_time_zone,
    resolve,
    to_answer,
    to_storage,
)
from contactwire.patch import JsonPatch, MergePatch, diff
from contactwire.paths import format_pointer
from contactwire.testing import carriers, strings, timestamps
from contactwire.timestamps import Timestamp
from contactwire.wire import UNSET, plan_of

CODES = st.sampled_from(["NO", "US", "GE", "SW", "DA", "FR", "nb-NO", "zh-Hans-CN", "ENG"])
QUOTED = st.text(st.sampled_from('";:NOUS a\n'), max_size=12)
TEXTS = st.dictionaries(CODES, strings() | QUOTED, min_size=1, max_size=4)
MULTI_LANGUAGE = TEXTS.map(build_multi_language)
TAGS = st.sampled_from(["nb-NO", "en", "de", "sv", "tlh", "FR"])
ZONES = st.sampled_from(TIME_ZONE_NAMES)
PREFERENCES = st.builds(TimeZonePreference, st.none() | ZONES, st.booleans())


@given(TEXTS)
def test_what_is_built_parses(texts):
    """Parsing a multi-language string gives the texts that it was built from, in order."""
    assert list(parse_multi_language(build_multi_language(texts)).items()) == list(texts.items())


@given(strings() | QUOTED | MULTI_LANGUAGE, st.lists(TAGS, min_size=1))
def test_resolving_gives_one_of_the_texts(text, languages):
    """Resolving any string gives the string itself or one of its texts, and raises nothing."""
    texts = parse_multi_language(text)
    assert resolve(text, languages) in ([text] if texts is None else texts.values())
    assert resolve(text, []) == text


@given(carriers(ContactEntityWithLinks, text=strings() | MULTI_LANGUAGE))
def test_no_language_no_change(contact):
    """Without a language `localize` gives an equal contact."""
    assert localize(contact, None) is contact
    assert localize(contact, "*") is contact


@given(carriers(ContactEntity, text=strings() | MULTI_LANGUAGE), st.lists(TAGS, min_size=1))
def test_localizing_changes_a_copy_only(contact, languages):
    """`localize` leaves the contact unchanged, and the numbers, dates and keys of its copy."""
    before = copy.deepcopy(contact)
    answer = localize(contact, languages)
    assert contact == before
    assert type(answer) is ContactEntity
    assert (answer.contact_id, answer.updated_date) == (contact.contact_id, contact.updated_date)


HEADERS = st.text(st.sampled_from("enNO-;q=0.51*, x\t\r"), max_size=20)


@given(HEADERS, HEADERS, HEADERS)
def test_any_language_header_is_taken(accept_language, so_language, so_culture):
    """Whatever the headers for language and culture hold, a contact with a number is localized."""
    preference = LanguagePreference.from_headers(accept_language, so_language, so_culture)
    answer = localize(ContactEntity(custom_fields={"a": "[F:0.5]"}), preference)
    assert answer.custom_fields["a"] == "[F:0.5]"
    assert set(preference) <= set(re.split(r"[,; \t]", f"{accept_language},{so_language}"))


@given(HEADERS)
def test_any_time_zone_header_parses_or_is_refused(text):
    """Any `SO-TimeZone` gives a preference, None or a HeaderError."""
    with suppress(HeaderError):
        parse_time_zone(text)


@given(carriers(ContactEntity), PREFERENCES, ZONES)
def test_moving_changes_a_copy_only(contact, preference, base):
    """Moving date-times raises nothing, leaves its argument unchanged, and changes nothing else in the copy."""
    before = copy.deepcopy(contact)
    answer = to_answer(to_storage(contact, preference, base), preference, base)
    assert contact == before
    assert (answer.name, answer.persons, answer.extras) == (contact.name, contact.persons, contact.extras)


@given(timestamps().filter(lambda value: 1900 < value.year < 9998), ZONES, ZONES)
def test_an_instant_comes_back(value, zone, base):
    """A date-time since 1901 with an offset is the same instant, to the tick, in storage and in the answer."""
    value = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    preference = TimeZonePreference(zone, include_offset=True)
    contact = ContactEntity(dbi_last_modified=value)
    answer = to_answer(to_storage(contact, preference, base), preference, base).dbi_last_modified
    assert answer.tzinfo is not None
    assert answer == value
    assert (str(answer)[-5], answer.nanosecond) in (("+", value.nanosecond), ("-", value.nanosecond))


@given(timestamps().filter(lambda value: 2 < value.year < 9998 and value.year != 1900), ZONES, ZONES)
def test_clock_time_comes_back(value, zone, base):
    """A clock time that comes once in the sender's zone comes back unchanged."""
    from dateutil.tz import datetime_ambiguous, datetime_exists

    value = value.replace(tzinfo=None)
    preference = TimeZonePreference(zone)
    there = value.replace(tzinfo=preference.zone)
    if datetime_exists(there) and not datetime_ambiguous(there):
        contact = ContactEntity(dbi_last_modified=value)
        answer = to_answer(to_storage(contact, preference, base), preference, base).dbi_last_modified
        assert str(answer) == str(value)


@given(st.sampled_from(["0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999"]), PREFERENCES, ZONES)
def test_open_dates_never_move(text, preference, base):
    """No zone moves .NET's "no date" and its last date-time."""
    contact = ContactEntity(dbi_last_modified=Timestamp.parse(text), updated_date=Timestamp.parse(text))
    assert to_storage(contact, preference, base) is contact
    assert to_answer(contact, preference, base) is contact


LOCALIZED = carriers(ContactEntityWithLinks, text=strings() | MULTI_LANGUAGE)
LANGUAGES = st.lists(TAGS, min_size=1, max_size=3)


@given(LOCALIZED, LANGUAGES)
def test_a_contact_that_is_sent_back_as_it_was_read_does_not_change(contact, languages):
    """A PUT of what a GET showed stores an equal contact, and so does a PATCH that changes nothing."""
    sent = copy.deepcopy(localize(contact, languages))
    assert change_in_language(contact, lambda seen: sent, languages) == contact
    assert change_in_language(contact, JsonPatch.parse([]).apply, languages) == contact


def texts_in(value, path=()):
    """Yield the path and text of each multi-language string, except for texts in lists, which nothing else identifies."""
    if isinstance(value, str):
        if parse_multi_language(value) is not None and (not path or not isinstance(path[-1], int)):
            yield path, value
    elif isinstance(value, (list, dict)):
        for token, item in enumerate(value) if isinstance(value, list) else value.items():
            yield from texts_in(item, (*path, token))


def identify(value, numbers):
    """Give each object in a list a member with a unique value, at any depth, as most items of a contact have keys."""
    for item in value if isinstance(value, list) else value.values():
        if isinstance(item, dict) and isinstance(value, list):
            item["UnknownNumber"] = next(numbers)
        if isinstance(item, (list, dict)):
            identify(item, numbers)


@given(LOCALIZED, MULTI_LANGUAGE, LANGUAGES, QUOTED.filter(lambda text: parse_multi_language(text) is None), st.data())
def test_changing_one_text_changes_one_language_of_it(contact, description, languages, new, data):
    """A PUT or PATCH of one text, in a language, changes that language of the text and nothing else."""
    builtins = {**to_builtins(contact), "Description": description}
    identify(builtins, count(10**6))
    stored = from_builtins(builtins, ContactEntityWithLinks)
    seen = dict(texts_in(to_builtins(localize(stored, languages))))
    # Enumerations are not localized.
    found = [(path, text) for path, text in texts_in(builtins) if seen.get(path) != text]
    path, text = data.draw(st.sampled_from(found))
    texts = parse_multi_language(text)
    code = next(code for code in texts if resolve(build_multi_language({**texts, code: "¤¤¤"}), languages) == "¤¤¤")
    assume(new != texts[code])
    pointer = format_pointer(map(str, path))
    whole = JsonPatch.parse([{"op": "replace", "path": pointer, "value": build_multi_language({**texts, code: new})}])
    patch = JsonPatch.parse([{"op": "replace", "path": pointer, "value": new}])
    sent = copy.deepcopy(patch.apply(localize(stored, languages)))
    assert change_in_language(stored, lambda seen: sent, languages) == whole.apply(stored)
    assert change_in_language(stored, patch.apply, languages) == whole.apply(stored)


CLOCKS = st.builds(
    "{}T{}:30:00{}{}".format,
    st.sampled_from(["2022-10-30", "2022-11-06", "2018-03-25", "1900-01-01", "9999-12-31", "9999-12-30", "1960-06-01"]),
    st.sampled_from([f"{hour:02d}" for hour in range(24)]),
    st.sampled_from(["", ".0000001"]),
    st.sampled_from(["", "", "Z", "+02:00", "-0500"]),
)
STORED_DATES = timestamps() | st.builds(
    lambda text, fold: Timestamp.parse(text).replace(fold=fold), CLOCKS, st.sampled_from([0, 1])
)


@st.composite
def contacts_with_dates(draw):
    """Contacts with dates, some in their interests, that a clock shows twice, skips or cannot hold in some zone."""
    contact = draw(carriers(ContactEntityWithLinks))
    for name in ("dbi_last_modified", "dbi_last_syncronized", "created_date", "updated_date"):
        setattr(contact, name, draw(STORED_DATES | st.just(UNSET)))
    items = st.builds(SelectableMDOListItem, name=st.sampled_from([UNSET, "a", "b"]), last_changed=STORED_DATES)
    nested = st.builds(SelectableMDOListItem, id=st.integers(1, 3), child_items=st.lists(items, max_size=3))
    contact.interests = draw(st.lists(items | nested, max_size=5))
    return contact


def sent_back(contact, preference, base):
    """What a client has of an answer with a contact, as it comes back over the wire."""
    return decode(encode(to_answer(contact, preference, base)), type=type(contact))


@given(contacts_with_dates(), PREFERENCES, ZONES)
def test_a_contact_that_is_sent_back_as_it_was_shown_in_a_zone_does_not_change(contact, preference, base):
    """A PUT of what a GET showed in a zone stores the very same dates, and so does a PATCH to what it showed."""
    before = copy.deepcopy(contact)
    sent = sent_back(contact, preference, base)
    dates = {name: value for name, value in to_builtins(sent).items() if name.startswith("Dbi") or name == "Interests"}
    patches = JsonPatch.parse([]), MergePatch.parse(dates), diff(ContactEntityWithLinks(), sent)
    for change in (lambda seen: sent, *(patch.apply for patch in patches)):
        changed = change_in_zone(contact, change, preference, base)
        assert to_builtins(changed) == to_builtins(contact)
        assert changed.dbi_last_modified == contact.dbi_last_modified
    assert contact == before


def dates_in(value, path=()):
    """Yield the path of each date in a contact: its own, and those of its interests."""
    for name in ("dbi_last_modified", "dbi_last_syncronized", "last_changed"):
        if isinstance(getattr(value, name, UNSET), Timestamp):
            yield (*path, plan_of(type(value)).by_attribute[name].name)
    for name in ("interests", "child_items"):
        for place, item in enumerate(getattr(value, name, UNSET) or ()):
            yield from dates_in(item, (*path, plan_of(type(value)).by_attribute[name].name, str(place)))


@given(contacts_with_dates(), PREFERENCES, ZONES, timestamps(), st.data())
def test_changing_one_date_changes_no_other(contact, preference, base, new, data):
    """A PUT or PATCH of one date, in a zone, stores that date as it is stored of a new contact, and changes no other.

    A date that comes back as it was shown, or as the same instant in another spelling, changes nothing.
    """
    paths = list(dates_in(contact))
    assume(paths)
    pointer = format_pointer(data.draw(st.sampled_from(paths)))
    patch = JsonPatch.parse([{"op": "replace", "path": pointer, "value": str(new)}])
    shown = sent_back(contact, preference, base)
    sent = patch.apply(shown)
    moved = to_storage(ContactEntity(dbi_last_modified=new), preference, base).dbi_last_modified
    replaced = JsonPatch.parse([{"op": "replace", "path": pointer, "value": str(moved)}]).apply(contact)
    stored = contact if to_builtins(sent) == to_builtins(shown) or sent == shown else replaced
    for change in (lambda seen: sent, patch.apply):
        assert to_builtins(change_in_zone(contact, change, preference, base)) == to_builtins(stored)
