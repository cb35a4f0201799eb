"""The law of histories: whatever roads a contact has taken, it is what was last put into it, to the order of members."""

import copy
import pickle

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contactwire import (
    UNSET,
    ContactEntityWithLinks,
    EncodeError,
    JsonCodec,
    Selection,
    XmlCodec,
    diff,
    evolve,
    from_builtins,
    to_builtins,
)
from contactwire.testing import carriers, strings
from contactwire.wire import plan_of

TEXTS = strings(xml=True)
CONTACTS = carriers(ContactEntityWithLinks, text=TEXTS)
UNKNOWN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXTS, inside, max_size=3),
    max_leaves=5,
)
FIELDS = plan_of(ContactEntityWithLinks).fields
CODECS = [JsonCodec(), JsonCodec(indent=1), JsonCodec(validate=False), JsonCodec(duplicates="error"), JsonCodec(coerce=True)]
CODECS += [XmlCodec(dialect=name) for name in ("plain", "datacontract", "webapi", "services")]
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda contact: pickle.loads(pickle.dumps(contact)),
    "evolve": evolve,
    "attrs.evolve": attrs.evolve,
    "builtins": lambda contact: from_builtins(to_builtins(contact), ContactEntityWithLinks),
    "selection": lambda contact: Selection.parse("*").apply(contact),
    "stream": lambda contact: list(_streamed(JsonCodec(), contact))[1],
    "sequence": lambda contact: list(_streamed(XmlCodec(), contact))[1],
    "fields": lambda contact: ContactEntityWithLinks(
        **{field.attribute: getattr(contact, field.attribute) for field in FIELDS}, extras=contact.extras
    ),
}


def _streamed(codec, contact):
    return codec.iter_decode(codec.iter_encode([contact] * 3), ContactEntityWithLinks)


def exact(value):
    """What `==` ignores, too: the order of members, the types of numbers, and the signs of zeros."""
    if isinstance(value, dict):
        return [(name, exact(item)) for name, item in value.items()]
    return [exact(item) for item in value] if isinstance(value, list) else (type(value), repr(value))


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

    @rule(name=st.sampled_from(sorted(COPIES)))
    def copied(self, name):
        before = self.contact
        self.contact = COPIES[name](before)
        assert self.contact is not before
        assert self.contact == before

    @rule(other=CONTACTS)
    def patched(self, other):
        """A difference turns any contact into this one."""
        self.contact = diff(other, self.contact).apply(other)

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
