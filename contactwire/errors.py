"""Every error that the library raises on purpose, in one tree.

Each class carries the HTTP `status` (RFC 9110 §15) that a server answers with. `EncodeError` and `UpdateConflict` are the
fault of the caller, `NoAnswer` and `BadAnswer` that of the server that a client asks; all others are faults of the sender.
All errors pickle, and two are equal where their class and their arguments are.

::

    ContactWireError (ValueError)
    ├── DecodeError          400  the body is not well-formed: where, what was expected, an excerpt
    │   └── ContentTooLarge  413  the body is larger, or nested deeper, than the codec allows
    ├── ValidationError      400  the body is well-formed, but no contact: every fault, each with its pointer
    ├── PathError            400  a property path that names nothing: where in its text, and the nearest property
    │   ├── MissingPlace     409  a patch's path to an item, a key or a value that is not there
    │   └── SelectionError   400  a $select with faults, each with its position
    ├── NotAcceptable        406  no codec gives what Accept asks for
    ├── PatchConflict        409  a `test` operation found another value
    ├── UnsupportedMediaType 415  no codec takes the body's media type
    │   └── UnsupportedContentCoding 415  the body has a content coding
    ├── HttpError            any  any other error that an HTTP answer reports, in the server's words
    │   ├── NotModified        304  the contact has not changed
    │   ├── BadRequest         400  the request makes no sense as a whole
    │   │   └── HeaderError    400  a header field is malformed, or names something unknown
    │   ├── Unauthorized       401  the request does not say who asks, or not credibly
    │   ├── Forbidden          403  who asks may not do this
    │   ├── NotFound           404  there is no such contact
    │   ├── MethodNotAllowed   405  the resource does not take this method
    │   ├── Conflict           409  a body that does not fit the contact, as it is now or at all
    │   ├── PreconditionFailed 412  the contact is not as `If-Match` or `If-Unmodified-Since` demands
    │   ├── MediaTypeRefused   415  the server takes no body of this media type
    │   ├── TooManyRequests    429  the client has sent too many requests
    │   └── ServiceUnavailable 503  the storage does not work now; try again
    ├── UpdateConflict       409  somebody else has changed the same place meanwhile: both versions
    ├── NoAnswer             502  a client's request got no complete answer
    │   └── TimedOut         504  … in the time that it had
    ├── BadAnswer            502  a client's request got an answer that is no contact
    └── EncodeError          500  the caller's value cannot be written: every fault, each with its pointer

Three pieces report faults in a document. An `Issue` is one fault with its pointer, `Faults` collects them up to a limit, and
`ValidationError` or `EncodeError` lists what was collected.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar, Self

import attrs
from msgspec import UNSET

from contactwire.patterns import pattern

__all__ = [
    "ILLEGAL_IN_FIELDS",
    "ILLEGAL_IN_XML",
    "LONGEST_REPR",
    "MAX_FAULTS",
    "BadAnswer",
    "BadRequest",
    "Conflict",
    "ContactWireError",
    "ContentTooLarge",
    "DecodeError",
    "EncodeError",
    "Faults",
    "Forbidden",
    "HeaderError",
    "HttpError",
    "Issue",
    "MediaTypeRefused",
    "MethodNotAllowed",
    "MissingPlace",
    "NoAnswer",
    "NotAcceptable",
    "NotFound",
    "NotModified",
    "PatchConflict",
    "PathError",
    "PreconditionFailed",
    "SelectionError",
    "ServiceUnavailable",
    "TimedOut",
    "TooManyRequests",
    "Unauthorized",
    "UnsupportedContentCoding",
    "UnsupportedMediaType",
    "UpdateConflict",
    "ValidationError",
    "one_line",
    "printable",
    "repr_of",
    "shorten",
    "shorten_pointer",
]

MAX_FAULTS = 100
"""How many faults an error lists by default: `max_faults` of every codec."""

ILLEGAL_IN_XML = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""A character that XML 1.0 cannot hold, not even as a reference (§2.2)."""

ILLEGAL_IN_FIELDS = pattern(r"[\x00-\x08\x0a-\x1f\x7f]")
"""A control character, but for the tabulator: "CR, LF, and NUL characters are invalid and dangerous" (RFC 9110 §5.5)."""

LONGEST_REPR = 1_000
"""How many characters the `repr` of an error or a patch shows of each of its parts."""

_SHOWN = 10
_LONGEST_SHOWN = 400
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class _Seen:
    """The slot of an `Issue` that `under` returned. Its pointer is not joined yet.

    The slot holds a pair of a prefix and the pointer behind it, or the next pair: `("/Persons", ("/0", "/Email"))`. A prefix
    is a string, or an object whose `str` is one.
    """

    __slots__ = ("_way",)


@attrs.frozen
class Issue(_Seen):
    """One fault in a document.

    `pointer` is a JSON Pointer (RFC 6901) in the sender's own spelling. `message` says what is wrong. `expected` names the
    kind that belongs there (`int32`, `list of string`), and `received` is the value that came, shortened.
    """

    pointer: str = attrs.field(repr=lambda pointer: repr(shorten_pointer(pointer)))
    message: str
    expected: str
    received: str

    @classmethod
    def of_value(cls, expected: str, value: object, message: str = "") -> Issue:
        """The fault of a value that is not of the expected kind; its pointer is empty, which means the value itself.

        Without a `message` the fault says "expected int32, received null".
        """
        shown = shorten(value)
        return cls("", message or f"expected {expected}, received {shown}", expected, shown)

    def inside(self, prefix: str) -> Issue:
        """The reverse of `under`: `/Persons/0/Email` inside `/Persons/0` is `/Email`; any other pointer stays."""
        way = self._where()
        if isinstance(way, tuple) and way[0] == prefix:
            return self._at(way[1])
        return attrs.evolve(self, pointer=self.pointer.removeprefix(prefix))

    def under(self, prefix: object) -> Issue:
        """The same fault with `prefix` in front of its pointer: `/Email` under `/Persons/0` is `/Persons/0/Email`.

        The prefix is shared, not copied, so a hundred faults below one long key take the memory of one such key. It is a
        string, or what `str` makes one of when the pointer is asked for, such as a `PlacePointer`.
        """
        return self._at((prefix, self._where()))

    def saying(self, message: str) -> Issue:
        """The same fault with another message."""
        return self._at(self._where(), message)

    def _where(self) -> Any:
        """The pointer, or the pairs of prefixes that it is not joined of yet."""
        try:
            return object.__getattribute__(self, "pointer")
        except AttributeError:
            return self._way

    def _at(self, way: Any, message: str | None = None) -> Issue:
        return _issue(way, self.message if message is None else message, self.expected, self.received)

    def __reduce__(self) -> tuple[Any, ...]:
        # The prefixes that faults share are shared in a pickle, too, and in a copy.
        return _issue, (self._where(), self.message, self.expected, self.received)

    def __getattr__(self, name: str) -> str:
        if name != "pointer":
            raise AttributeError(f"an Issue has no {name}")
        inner: Any = self._way
        prefixes: list[str] = []
        while isinstance(inner, tuple):
            prefix, inner = inner
            prefixes.append(str(prefix))
        return "".join((*prefixes, inner))

    def __str__(self) -> str:
        return f"{_shown(self.pointer) or 'the document'}: {self.message}"


def _issue(way: Any, *words: str) -> Issue:
    """The fault at a place: a pointer, or the pairs of prefixes that it is to be joined of (`_Seen`)."""
    if not isinstance(way, tuple):
        return Issue(way, *words)
    issue = object.__new__(Issue)
    for name, value in zip(("_way", "message", "expected", "received"), (way, *words), strict=True):
        object.__setattr__(issue, name, value)
    return issue


def shorten_pointer(pointer: str) -> str:
    """The pointer; of a long one its beginning and its end."""
    half = _LONGEST_SHOWN // 2
    return pointer if len(pointer) <= _LONGEST_SHOWN else f"{pointer[:half]}…{pointer[-half:]}"


def _shown(pointer: str) -> str:
    """The pointer as a message shows it: printable, and a long one is cut to its beginning and its end."""
    return printable(shorten_pointer(pointer))


class Faults(list[Issue]):
    """The faults found so far, up to `limit`.

    One fault too many raises an `error` (`ValidationError` or `EncodeError`) with the first `limit` faults; its `more` is
    true.
    """

    def __init__(self, error: type[ValidationError | EncodeError], limit: int) -> None:
        super().__init__()
        self._error, self._limit = error, limit

    def add(self, *issues: Issue) -> None:
        """Add faults; raises the error if there are more than `limit` now."""
        self += issues
        if len(self) > self._limit:
            raise self._error.of_first(self, self._limit)

    def take(self, error: ValidationError | EncodeError, prefix: str = "") -> None:
        """Add the faults of an error, with `prefix` in front of their pointers; raises the error if there are too many."""
        self.add(*[issue.under(prefix) for issue in error.issues])
        if error.more:
            raise self._error(self, more=True)

    def check(self) -> None:
        """Raise the error if there is any fault."""
        if self:
            raise self._error(self)


class ContactWireError(ValueError):
    """The base of every error of the library; `status` is the HTTP status (RFC 9110 §15) that a server answers with."""

    status: ClassVar[int] = 500

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.args == other.args

    def __hash__(self) -> int:
        return hash((type(self), self.args))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr_of(each, LONGEST_REPR) for each in self.args)})"

    def to_builtins(self) -> dict[str, Any]:
        """The error as the server words it: `Error`, `ErrorType`, `ErrorMessage` and `ErrorSource`."""
        return {
            "Error": True,
            "ErrorType": type(self).__name__,
            "ErrorMessage": str(self),
            "ErrorSource": "contactwire",
        }

    def to_body(self) -> bytes:
        """`to_builtins()` as a JSON body in UTF-8."""
        return json.dumps(self.to_builtins(), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def to_xml(self) -> bytes:
        """`to_builtins()` as an XML body in UTF-8: an element `ServerError` with an element for each member."""
        members = "".join(f"<{name}>{_xml_text(value)}</{name}>" for name, value in self.to_builtins().items())
        return f"<ServerError>{members}</ServerError>".encode("utf-8", "replace")


def _xml_text(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    # A question mark replaces each control character but tab and line breaks.
    return ILLEGAL_IN_XML.sub("?", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class DecodeError(ContactWireError):
    """A body that is not well-formed.

    `line` and `column` count from 1, the column in characters. `expected` says what would have been right at that place, and
    `excerpt` shows the text around it.
    """

    status = 400

    def __init__(self, message: str, line: int = 1, column: int = 1, expected: str = "", excerpt: str = "") -> None:
        super().__init__(message, line, column, expected, excerpt)
        self.message, self.line, self.column = message, line, column
        self.expected, self.excerpt = expected, excerpt

    @property
    def detail(self) -> str:
        """The error without its place: what is wrong, what was expected, and the excerpt."""
        expected = f", expected {self.expected}" if self.expected else ""
        near = f", near {self.excerpt}" if self.excerpt else ""
        return f"{self.message}{expected}{near}"

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.detail}"


class ContentTooLarge(DecodeError):
    """A body over a limit of the codec, such as `max_bytes`, `max_depth` or `max_objects`."""

    status = 413


class _FaultyDocument(ContactWireError):
    _subject: ClassVar[str]

    def __init__(self, issues: Iterable[Issue], more: bool = False) -> None:
        super().__init__(*((tuple(issues), True) if more else (tuple(issues),)))

    @classmethod
    def of_first(cls, issues: Iterable[Issue], limit: int, *, more: bool = False) -> Self:
        """The error with the first `limit` of the faults; `more` says that there are others than `issues`."""
        first = list(islice(issues, limit + 1))
        return cls(first[:limit], more or len(first) > limit)

    def under(self, prefix: str) -> Self:
        """The same error with `prefix` in front of the pointers of its faults (see `Issue.under`)."""
        return type(self)([issue.under(prefix) for issue in self.issues], self.more)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Every fault, in document order, up to the codec's `max_faults`."""
        issues: tuple[Issue, ...] = self.args[0]
        return issues

    @property
    def more(self) -> bool:
        """Whether there are more faults than `issues` lists."""
        return len(self.args) > 1

    def __str__(self) -> str:
        count = "1 fault" if len(self.issues) == 1 else f"{len(self.issues)} faults"
        if self.more:
            shown = "; ".join(map(str, self.issues[:_SHOWN]))
            return f"{self._subject} has more than {count}: {shown}; and more"
        return f"{self._subject} has {count}: {_listed(self.issues, '; ')}"


class ValidationError(_FaultyDocument):
    """A body that is well-formed but does not fit the carrier class; `issues` lists its faults."""

    status = 400
    _subject = "the body"


class EncodeError(_FaultyDocument):
    """A value that no decoder would take back, and that is therefore not written; `issues` lists its faults."""

    status = 500
    _subject = "the value"


class PathError(ContactWireError):
    """A property path that is not well-formed or names nothing.

    `path` is the text as it came. `position` is the offset of the fault in it (from 0, in characters). `suggestion` is the
    name of the nearest property, or "".
    """

    status = 400

    def __init__(self, message: str, path: str = "", position: int = 0, suggestion: str = "") -> None:
        super().__init__(message, path, position, suggestion)
        self.message, self.path, self.position, self.suggestion = message, path, position, suggestion

    def __str__(self) -> str:
        hint = f", did you mean {self.suggestion}?" if self.suggestion else ""
        return f"{shorten(self.path)}, position {self.position}: {self.message}{hint}"


class MissingPlace(PathError):
    """A patch's path to a place that a document may have, but this one has not: an item, a key, or what is in a null.

    "The structures assumed to exist did not exist" (RFC 5789 §2.2, on conflicting states).
    """

    status = 409


class SelectionError(PathError):
    """A `$select` with faults: `faults` has a `PathError` for each, up to `MAX_FAULTS`, in the order of the text.

    `message`, `path`, `position` and `suggestion` are those of the first fault.
    """

    def __init__(self, faults: Iterable[PathError]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(first.message, first.path, first.position, first.suggestion)
        self.args = (self.faults,)

    def __str__(self) -> str:
        head = f"{shorten(self.path)}, "
        return head + _listed([str(fault).removeprefix(head) for fault in self.faults], "; ")


class PatchConflict(ContactWireError):
    """A `test` operation that found another value (RFC 6902 §4.6, RFC 5789 §2.2).

    `pointer` is the tested place, `expected` and `actual` are builtins, `index` is the operation's place in the patch.
    `actual` is UNSET where nothing is at the place.
    """

    status = 409

    def __init__(self, pointer: str, expected: Any, actual: Any, index: int = 0) -> None:
        super().__init__(pointer, expected, actual, index)
        self.pointer, self.expected, self.actual, self.index = pointer, expected, actual, index

    def __hash__(self) -> int:
        return hash((type(self), self.pointer, self.index))

    def __str__(self) -> str:
        expected, found = shorten(self.expected), "nothing" if self.actual is UNSET else shorten(self.actual)
        if found == expected:
            found = "another one"
        place = _shown(self.pointer) or "the document"
        return f"operation {self.index}: test of {place} failed: expected {expected}, found {found}"


class NotAcceptable(ContactWireError):
    """No codec writes a media type that `Accept` allows; `offered` lists those that there are (RFC 9110 §15.5.7)."""

    status = 406

    def __init__(self, accept: str, offered: Iterable[str]) -> None:
        super().__init__(accept, tuple(offered))
        self.accept, self.offered = accept, tuple(offered)

    def __str__(self) -> str:
        return f"nothing that {shorten(self.accept)} accepts is on offer, only {', '.join(self.offered) or 'nothing'}"


class UnsupportedMediaType(ContactWireError):
    """No codec reads the media type; `offered` lists those that there are (RFC 9110 §15.5.16)."""

    status = 415
    _subject = "media type"

    def __init__(self, media_type: str, offered: Iterable[str]) -> None:
        super().__init__(media_type, tuple(offered))
        self.media_type, self.offered = media_type, tuple(offered)

    def __str__(self) -> str:
        refused = f"{self._subject} {shorten(self.media_type)} is not supported"
        essence, semicolon, _ = self.media_type.partition(";")
        if semicolon and essence.strip().lower() in self.offered:
            return f"{refused} with these parameters"
        return f"{refused}, only {', '.join(self.offered) or 'nothing'}"


class UnsupportedContentCoding(UnsupportedMediaType):
    """The body has a content coding (RFC 9110 §8.4.1) that is not read; `media_type` is the coding."""

    _subject = "content coding"


def _field_values(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """Values that an answer has in a header field, as a tuple. Raises TypeError and ValueError for what is none."""
    if isinstance(values, str):
        raise TypeError(f"{name} are several strings, such as a list of them, not the string {shorten(values)}")
    found = tuple(values)
    for value in found:
        if not isinstance(value, str):
            raise TypeError(f"{name}: a value of a header field is of type str, not {repr_of(value)}")
        if ILLEGAL_IN_FIELDS.search(value):
            raise ValueError(f"{name}: a value of a header field holds no control character: {shorten(value)}")
    return found


class HttpError(ContactWireError):
    """An HTTP answer that reports an error, in the server's words (see `to_builtins`).

    `message`, `error_type` and `error_source` are the members `ErrorMessage`, `ErrorType` and `ErrorSource` of its body.
    `status` is for an HTTP status that has no subclass here. `headers` are the fields of the answer that a client got, but
    for `Set-Cookie`, which is secret. Of those that a host gives, or has got itself, its answer has the `Retry-After`.

    Raises TypeError for a header field whose value is no string, and ValueError for one with a line break or another control
    character.
    """

    headers: Mapping[str, str] = _NO_HEADERS
    # What the server says where nothing else is said; "" for the name of the class.
    _server_type = ""

    def __init__(
        self,
        message: str,
        error_type: str = "",
        error_source: str = "",
        status: int | None = None,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> None:
        super().__init__(message, error_type, error_source, status)
        self.message, self.error_source = message, error_source or "contactwire"
        self.error_type = error_type or self._server_type or type(self).__name__
        if status is not None:
            self.status = status  # type: ignore[misc]
        if headers:
            _field_values("headers", headers.values())
            self.headers = headers

    @classmethod
    def of_status(
        cls,
        status: int,
        message: str,
        error_type: str = "",
        error_source: str = "",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> HttpError:
        """An error of the class that has this `status`, or an HttpError with it where no class has.

        `headers` are those of an answer, if there is one. From them the error takes what its class keeps, such as
        `challenges`.
        """
        found = _BY_STATUS.get(status)
        if found is None:
            return HttpError(message, error_type, error_source, status)
        return found(message, error_type, error_source, **({} if headers is None else found._of_headers(headers)))

    @classmethod
    def _of_headers(cls, headers: Mapping[str, str]) -> dict[str, Any]:
        """The arguments that the headers of an answer give."""
        return {}

    def to_builtins(self) -> dict[str, Any]:
        """The error in the server's words: `Error`, `ErrorType`, `ErrorMessage` and `ErrorSource`."""
        return {
            **super().to_builtins(),
            "ErrorType": self.error_type,
            "ErrorMessage": self.message,
            "ErrorSource": self.error_source,
        }

    def __str__(self) -> str:
        return self.message


class NotModified(HttpError):
    """The contact has not changed since `If-Modified-Since` (RFC 9110 §15.4.5)."""

    status = 304


class BadRequest(HttpError):
    """A request that makes no sense as a whole, such as one without the body that its method needs."""

    status = 400


class HeaderError(BadRequest):
    """A header field (RFC 9110 §5.5) that is malformed, or names something unknown; `name` is the name of the field.

    The message shows `value`, the field's value, shortened. Leave a secret value out.
    """

    def __init__(self, name: str, message: str, value: str = "") -> None:
        super().__init__(f"{name}: {message}{': ' + shorten(value) if value else ''}")
        self.args = (name, message, value)
        self.name, self.value = name, value


class Unauthorized(HttpError):
    """The request does not say who asks, or not credibly (RFC 9110 §15.5.2).

    `challenges` are the values of the answer's `WWW-Authenticate` fields, which tell the schemes that the server takes
    (§11.6.1). Raises TypeError where they are one string, or no strings, and ValueError for one with a line break or another
    control character.
    """

    status = 401

    def __init__(
        self,
        message: str = "the request needs credentials",
        error_type: str = "",
        error_source: str = "",
        challenges: Iterable[str] = ('Basic realm="CRM"', "Bearer"),
    ) -> None:
        super().__init__(message, error_type, error_source)
        self.challenges = _field_values("challenges", challenges)
        self.args = (message, error_type, error_source, self.challenges)

    @classmethod
    def _of_headers(cls, headers: Mapping[str, str]) -> dict[str, Any]:
        # Several fields are one, joined with commas, and only who knows the schemes can tell where one challenge ends.
        return {"challenges": [headers["WWW-Authenticate"]] if "WWW-Authenticate" in headers else []}


class Forbidden(HttpError):
    """Who asks may not do this (RFC 9110 §15.5.4)."""

    status = 403


class NotFound(HttpError):
    """There is no such contact, or no such resource."""

    status = 404
    _server_type = "SoNotFoundException"


class MethodNotAllowed(HttpError):
    """The resource does not support this method; `allowed` lists those that it supports (RFC 9110 §15.5.6).

    Raises TypeError and ValueError for methods that are none, as `Unauthorized` does for challenges.
    """

    status = 405

    def __init__(self, message: str, error_type: str = "", error_source: str = "", allowed: Iterable[str] = ()) -> None:
        super().__init__(message, error_type, error_source)
        self.allowed = _field_values("allowed", allowed)
        self.args = (message, error_type, error_source, self.allowed)

    @classmethod
    def _of_headers(cls, headers: Mapping[str, str]) -> dict[str, Any]:
        return {"allowed": [name for each in headers.get("Allow", "").split(",") if (name := each.strip(" \t"))]}


class Conflict(HttpError):
    """A body that does not fit the contact (RFC 9110 §9.3.4, §15.5.10).

    It holds another contact's id, or it is a patch of what the contact is not: a `test` operation found another value, or
    the patch names an item or key that is not there.
    """

    status = 409


class PreconditionFailed(HttpError):
    """The contact is not as `If-Match`, `If-None-Match` or `If-Unmodified-Since` demands (RFC 9110 §13.1, §15.5.13)."""

    status = 412


class MediaTypeRefused(HttpError):
    """The server takes no body of this media type (RFC 9110 §15.5.16); `headers["Accept"]` may say which ones it takes."""

    status = 415


class TooManyRequests(HttpError):
    """The client has sent too many requests (RFC 6585 §4); `headers["Retry-After"]` may say when it may send more."""

    status = 429


class ServiceUnavailable(HttpError):
    """The storage does not work now, and may work later (RFC 9110 §15.6.4)."""

    status = 503


# The classes above, each of which has a status of its own.
_BY_STATUS = {error.status: error for error in HttpError.__subclasses__()}


class UpdateConflict(ContactWireError):
    """A client's update meets a change that somebody else has made meanwhile in the same place.

    `places` are JSON Pointers to these places. `base` is the contact as it was before both changes, `mine` with the client's
    change, and `theirs` as the server has it now. The message names the places, and shows no values.
    """

    status = 409

    def __init__(self, places: Iterable[str], base: Any, mine: Any, theirs: Any) -> None:
        super().__init__(tuple(places), base, mine, theirs)
        self.places: tuple[str, ...] = self.args[0]
        self.base, self.mine, self.theirs = base, mine, theirs

    def __hash__(self) -> int:
        return hash((type(self), self.places))

    def __str__(self) -> str:
        shown = _listed([_shown(place) or "the document" for place in self.places], ", ")
        return f"somebody else has changed {shown} meanwhile"


class NoAnswer(ContactWireError):
    """A client's request got no complete answer. Whether the server has carried it out, nobody knows.

    A server that asks another one answers with its status (RFC 9110 §15.6.3).
    """

    status = 502


class TimedOut(NoAnswer):
    """A client's request got no complete answer in the time that it had (RFC 9110 §15.6.5)."""

    status = 504


class BadAnswer(ContactWireError):
    """A client's request got an answer that is no contact, such as an HTML page; `__cause__` is what the codec says.

    `message` says what is wrong, `answer_status` is the status of the answer. The server may have carried out the request.
    """

    status = 502

    def __init__(self, message: str, answer_status: int = 200) -> None:
        super().__init__(message, answer_status)
        self.message, self.answer_status = message, answer_status

    def __str__(self) -> str:
        return f"the server answered {self.answer_status} with what is no contact: {self.message}"


def _listed(items: Sequence[object], separator: str) -> str:
    """The first items of a list, and how many more there are."""
    left = len(items) - _SHOWN
    return separator.join(map(str, items[:_SHOWN])) + (f"{separator}and {left} more" if left > 0 else "")


def shorten(value: object, limit: int = 60) -> str:
    """`value` as `printable` JSON-like text of at most `limit` characters, for messages: `{"Id": 1}` is "an object of 1".

    It never raises, and looks into no dictionary, list, tuple or set, so its cost does not grow with them.
    """
    return _cut(printable(_described(value, limit)), limit)


def repr_of(value: object, limit: int = 60) -> str:
    """`repr(value)`, `printable` and of at most `limit` characters, for messages about what a caller gives; never raises."""
    return _cut(printable(_repr(value)), limit)


def one_line(text: str) -> str:
    """What a user's function says, `printable` and of at most 400 characters: it may quote a sender's value."""
    return _cut(printable(text[: _LONGEST_SHOWN + 1]), _LONGEST_SHOWN)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _described(value: Any, limit: int) -> str:
    if isinstance(value, dict):
        return "an empty object" if not value else f"an object of {len(value)}"
    for cls in (list, tuple, set, frozenset):
        if isinstance(value, cls):
            return f"an empty {cls.__name__}" if not value else f"a {cls.__name__} of {len(value)}"
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, str):
        return json.dumps(value[: limit + 1], ensure_ascii=False)
    return _repr(value[: limit + 1] if isinstance(value, (bytes, bytearray)) else value)


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # it is the caller's, and may raise anything; a carrier may nest too deep for it
        return f"a {type(value).__name__}"


def printable(text: str) -> str:
    r"""The text on one line; what a terminal would not show, or would obey, is spelled as in JSON: `\n`, `\u001b`.

    A sender chooses names and values, and so what the pointers of its faults have, and the messages that quote it.
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
