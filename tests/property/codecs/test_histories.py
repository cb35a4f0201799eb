"""The law of histories: whatever roads a contact has taken, it is what was last put into it, to the order of members."""

import copy
from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contactwire import (
    UNSET,
    ContactEntityWithLinks,
    EncodeError,
    FormCodec,
    JsonCodec,
    MergePatch,
    MergePatchCodec,
    Selection,
    TimeZonePreference,
    XmlCodec,
    diff,
    from_builtins,
    to_builtins,
)
from contactwire.localization import TIME_ZONE_NAMES, change_in_language, change_in_zone
from contactwire.tables import from_table, to_table
from contactwire.testing import carriers, strings
from contactwire.wire import plan_of
from tests.copies import CODECS, COPIES

TEXTS = strings(xml=True) | st.sampled_from(['US:"a";NO:"b"', 'NO:"";GE:"x\'"', "[D:10/30/2022]", "[F:1.5]", "[I:7]"])
CONTACTS = carriers(ContactEntityWithLinks, text=TEXTS)
UNKNOWN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXTS, inside, max_size=3),
    max_leaves=5,
)
DIALECTS = st.sampled_from(["rfc", "server"])
LANGUAGES = st.sampled_from(["nb-NO", "en", "de, nb", "*"])
ZONES = st.builds(TimeZonePreference, st.none() | st.sampled_from(TIME_ZONE_NAMES), st.booleans())
FIELDS = plan_of(ContactEntityWithLinks).fields
FORMS = [FormCodec(style="dots"), FormCodec(style="brackets")]
WAYS = {
    **COPIES,
    "selection": lambda contact: Selection.parse("*").apply(contact),
    "stream": lambda contact: list(_streamed(JsonCodec(), contact))[1],
    "sequence": lambda contact: list(_streamed(XmlCodec(), contact))[1],
    "fields": lambda contact: ContactEntityWithLinks(
        **{field.attribute: getattr(contact, field.attribute) for field in FIELDS}, extras=contact.extras
    ),
}


def _streamed(codec, contact):
    return codec.iter_decode(codec.iter_encode([contact] * 3), ContactEntityWithLinks)


def exact(value, order=list):
    """What `==` ignores, too: the types of numbers, the signs of zeros and, unless `order` is `sorted`, that of members."""
    if isinstance(value, dict):
        return [(name, exact(value[name], order)) for name in order(value)]
    return [exact(item, order) for item in value] if isinstance(value, list) else (type(value), repr(value))


class Histories(RuleBasedStateMachine):
    """A contact, and the builtins that it must have."""

    @initialize(contact=CONTACTS)
    def start(self, contact):
        self.contact, self.model = contact, to_builtins(contact)

    def put(self, field, value, written):
        """Change one property of both."""
        setattr(self.contact, field.attribute, value)
        self.model[field.name] = written
        known = {field.name: self.model[field.name] for field in FIELDS if self.model.get(field.name, UNSET) is not UNSET}
        self.model = known | {name: item for name, item in self.model.items() if item is not UNSET}

    @rule(field=st.sampled_from(FIELDS), other=CONTACTS)
    def take(self, field, other):
        value = getattr(other, field.attribute)
        self.put(field, value, to_builtins(other).get(field.name, UNSET))

    @rule(field=st.sampled_from(FIELDS), value=st.sampled_from([None, UNSET]))
    def clear(self, field, value):
        self.put(field, value, value)

    @rule(name=st.sampled_from(["Odd", "a b", "é", ""]), value=UNKNOWN)
    def keep(self, name, value):
        self.contact.extras[name] = value
        self.model[name] = copy.deepcopy(value)

    @rule(name=st.sampled_from(["Odd", "a b", "é", ""]))
    def forget(self, name):
        self.contact.extras.pop(name, None)
        self.model.pop(name, None)

    @rule(codec=st.sampled_from(CODECS))
    def send(self, codec):
        self.contact = codec.decode(codec.encode(self.contact), ContactEntityWithLinks)

    @rule(name=st.sampled_from(sorted(WAYS)))
    def copied(self, name):
        before = self.contact
        self.contact = WAYS[name](before)
        assert self.contact is not before
        assert self.contact == before

    @rule(other=CONTACTS, dialect=DIALECTS)
    def patched(self, other, dialect):
        """A difference turns any contact into this one, and its inverse this one into that."""
        patch = diff(other, self.contact, dialect=dialect)
        inverse = patch.invert(other)
        patched = patch.apply(other)
        assert inverse.apply(patched) == other
        assert inverse.invert(patched).apply(other) == patched
        self.take_patched(patched)

    def take_patched(self, contact):
        """A patch makes the contact, but for the order of members that another contact has in its own."""
        found = to_builtins(contact)
        assert exact(found, sorted) == exact(self.model, sorted)
        self.contact, self.model = contact, found

    @rule(other=CONTACTS, dialect=DIALECTS)
    def merged(self, other, dialect):
        """A merge patch turns a contact into this one, where its dialect can say that, and goes through its codec."""
        codec = MergePatchCodec(patch_dialect=dialect)
        with suppress(EncodeError):
            patch = MergePatch.between(other, self.contact, dialect=dialect)
            self.take_patched(codec.decode(codec.encode(patch)).apply(other))

    @rule(languages=LANGUAGES, preference=ZONES, codec=st.sampled_from(CODECS))
    def shown(self, languages, preference, codec):
        """What comes back as it was shown, in a language or time zone, changes nothing."""

        def change(shown):
            return codec.decode(codec.encode(shown), ContactEntityWithLinks)

        self.contact = change_in_language(self.contact, change, languages)
        self.is_as_put()
        self.contact = change_in_zone(self.contact, change, preference, "NO")

    @rule(codec=st.sampled_from(FORMS))
    def posted(self, codec):
        """A form gives back all texts, numbers and truths, and what it has given back it gives back again."""
        with suppress(EncodeError):
            back = codec.decode(codec.encode(self.contact), ContactEntityWithLinks)
            self.has_values(back)
            assert codec.decode(codec.encode(back), ContactEntityWithLinks) == back

    @rule()
    def tabled(self):
        """A table gives back all texts, numbers and truths, and makes the same table again."""
        table = to_table([self.contact], type=ContactEntityWithLinks, ticks="text")
        (back,) = from_table(table, ContactEntityWithLinks)
        self.has_values(back)
        assert to_table([back], type=ContactEntityWithLinks, ticks="text").equals(table)

    def has_values(self, contact):
        """A contact has what the model has of the properties that are single values."""
        found = to_builtins(contact)
        for field in FIELDS:
            value = self.model.get(field.name)
            if isinstance(value, (str, int)):
                assert (type(found[field.name]), found[field.name]) == (type(value), value)

    @rule(field=st.sampled_from(FIELDS), codec=st.sampled_from(CODECS))
    def refused(self, field, codec):
        """A value that no codec writes is refused, and leaves nothing behind."""
        kept = getattr(self.contact, field.attribute)
        setattr(self.contact, field.attribute, object())
        try:
            codec.encode(self.contact)
        except EncodeError as error:
            assert [issue.pointer for issue in error.issues] == [f"/{field.name}"]
        else:
            raise AssertionError("an object was written")
        finally:
            setattr(self.contact, field.attribute, kept)

    @invariant()
    def is_as_put(self):
        """The contact is what the model says, to the order of unknown members."""
        assert exact(to_builtins(self.contact)) == exact(self.model)
        assert self.contact == from_builtins(self.model, ContactEntityWithLinks)
        assert repr(self.contact)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
