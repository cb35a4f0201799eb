"""Header fields (`Headers`), and credentials that no log shows (`Credentials`, `Secret`)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn, Self

import attrs

from contactwire.errors import ILLEGAL_IN_FIELDS, HeaderError, UnsupportedContentCoding

__all__ = ["Credentials", "Headers", "Secret"]

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")

# What clients and servers agree on in credentials: RFC 9110 §11.2 and RFC 6750 §2.1 allow no other characters.
_PRINTABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")

# The fields that this contract reads, and that must have one value (RFC 9110 §5.3).
_SINGLE = frozenset(
    {
        "authorization",
        "content-length",
        "content-type",
        "so-apptoken",
        "so-culture",
        "so-timezone",
        "x-xsrf-token",
    }
)
# RFC 9113 §8.2.3: the lines of `Cookie` are joined with a semicolon, those of any other field with a comma.
_SEPARATORS = {"cookie": "; "}
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "so-apptoken", "x-xsrf-token"})


class _Immutable:
    """What is its own copy."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Headers(_Immutable, Mapping[str, str]):
    """Header fields by name, in any letter case; immutable.

    Takes pairs of name and value, or a mapping. Several lines of one field are joined with commas (RFC 9110 §5.3), as
    proxies send `Via`. Raises `HeaderError` for a name that is no token, for a value with CR, LF, NUL or another control
    character, and for a field that this contract reads and that must be single, such as `Content-Type`, but comes twice with
    different values. Neither `str` nor `repr` shows a value, and headers with credentials cannot be pickled.
    """

    __slots__ = ("_fields", "_names")

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._names: dict[str, str] = {}
        lines: dict[str, list[str]] = {}
        for name, value in fields.items() if isinstance(fields, Mapping) else fields:
            self._add(lines, name, value)
        self._fields = {name: _SEPARATORS.get(name, ", ").join(values) for name, values in lines.items()}

    def _add(self, lines: dict[str, list[str]], name: str, value: str) -> None:
        folded = name.lower()
        if not _NAME.fullmatch(name):
            raise HeaderError("header", "is no field name", name)
        if ILLEGAL_IN_FIELDS.search(value):
            raise HeaderError(name, "holds a control character")
        value, known = value.strip(" \t"), lines.setdefault(folded, [])
        if not known or folded not in _SINGLE:
            known.append(value)
        elif known[0] != value:
            raise HeaderError(self._names[folded], "comes twice, with different values")
        self._names.setdefault(folded, name)

    def content_type(self) -> str:
        """The `Content-Type` of the body that the fields belong to; "" without one.

        Raises `UnsupportedContentCoding` where the body has a content coding, such as gzip.
        """
        coding = self.get("Content-Encoding", "")
        if coding.lower() not in ("", "identity"):
            raise UnsupportedContentCoding(coding, ("identity",))
        return self.get("Content-Type", "")

    def __reduce__(self) -> tuple[Any, ...]:
        if not _SECRET.isdisjoint(self._fields):
            raise TypeError("headers with credentials cannot be pickled: make headers without them")
        return Headers, ({name: self[name] for name in self},)

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __repr__(self) -> str:
        return f"Headers({', '.join(self)})"


class Secret(_Immutable):
    """A string that no repr, format, pickle or error message shows; `reveal()` gives it. `==` takes constant time."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode("utf-8", "replace"), other._value.encode("utf-8", "replace"))

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return "Secret(…)"

    def __format__(self, specification: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled: pass on what reveal() gives, where that is meant")


class SecretText(_Immutable, str):
    """The value of a header field with a credential: a str to send, whose repr does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a credential cannot be pickled: make the request where it is sent")


def _secret(value: str | Secret | None) -> Secret | None:
    return Secret(value) if isinstance(value, str) else value


def _sendable(name: str) -> Callable[[Any, Any, Secret | None], None]:
    """A validator of a credential that goes into the header field of that name; its errors show nothing of the value."""

    def check(credentials: Any, attribute: Any, value: Secret | None) -> None:
        if not isinstance(value, Secret | None):
            raise TypeError(f"{attribute.name} is of type str or Secret, not {type(value).__name__}")
        if value is not None and not _PRINTABLE.fullmatch(value.reveal()):
            raise HeaderError(name, "a credential is visible ASCII, without line breaks or blanks at its ends")

    return check


def _known_scheme(credentials: Credentials, attribute: Any, value: str | None) -> None:
    if value is not None and not _NAME.fullmatch(value):
        raise HeaderError("Authorization", "the scheme is no token, such as Bearer")
    if (value is None) is not (credentials.authorization is None):
        raise HeaderError("Authorization", "a scheme, such as Bearer, and its credentials come together")


@attrs.frozen(kw_only=True)
class Credentials:
    """The credentials of a request, for the host to check; the library only passes them on.

    `scheme` is the scheme in `Authorization` (`Basic`, `SoTicket`, `Bearer`), or None, and `authorization` the text behind
    it. `xsrf_token` is `X-XSRF-TOKEN`, `app_token` is `SO-AppToken`. Strings become a `Secret`, which no repr shows.

    Raises `HeaderError`, which shows nothing of them, for credentials that are not visible ASCII, such as a token with the
    line break of the file that it was read from, and for a scheme without credentials or the other way round.
    """

    scheme: str | None = attrs.field(default=None, validator=_known_scheme)
    authorization: Secret | None = attrs.field(default=None, converter=_secret, validator=_sendable("Authorization"))
    xsrf_token: Secret | None = attrs.field(default=None, converter=_secret, validator=_sendable("X-XSRF-TOKEN"))
    app_token: Secret | None = attrs.field(default=None, converter=_secret, validator=_sendable("SO-AppToken"))

    @classmethod
    def basic(cls, user: str, password: str, *, app_token: str | None = None) -> Credentials:
        """Credentials of the `Basic` scheme (RFC 7617).

        Raises ValueError for a user name with a colon, TypeError for a user name or password that is no str.
        """
        if not isinstance(user, str) or not isinstance(password, str):
            raise TypeError("a user name and a password are of type str")
        if ":" in user:
            raise ValueError("a user name cannot contain a colon (RFC 7617 §2)")
        encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
        return cls(scheme="Basic", authorization=Secret(encoded), app_token=app_token)

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> Credentials:
        """The credentials in `Authorization`, `X-XSRF-TOKEN` and `SO-AppToken`; an empty token is none.

        Raises `HeaderError` for an `Authorization` without a scheme or without credentials, and for what is not ASCII.
        """
        scheme, secret = None, None
        if (field := headers.get("Authorization")) is not None:
            scheme, _, secret = field.partition(" ")
            secret = secret.strip(" ")
            if not _NAME.fullmatch(scheme) or not secret:
                raise HeaderError("Authorization", "is no scheme with credentials")
        return cls(
            scheme=scheme,
            authorization=secret,
            xsrf_token=headers.get("X-XSRF-TOKEN") or None,
            app_token=headers.get("SO-AppToken") or None,
        )

    def user_and_password(self) -> tuple[str, Secret]:
        """User name and password of `Basic` credentials. Raises `HeaderError` for another scheme or malformed ones."""
        try:
            if self.authorization is None or (self.scheme or "").lower() != "basic":
                raise ValueError
            decoded = base64.b64decode(self.authorization.reveal(), validate=True).decode()
            user, colon, password = decoded.partition(":")
            if not colon:
                raise ValueError
        except (ValueError, binascii.Error):
            raise HeaderError("Authorization", "holds no Basic credentials") from None
        return user, Secret(password)

    def to_headers(self) -> list[tuple[str, str]]:
        """The header fields that carry these credentials. Their values are strings whose repr does not show them."""
        fields = [("X-XSRF-TOKEN", self.xsrf_token), ("SO-AppToken", self.app_token)]
        sent: list[tuple[str, str]] = [(name, SecretText(secret.reveal())) for name, secret in fields if secret is not None]
        if self.scheme is not None and self.authorization is not None:
            sent.insert(0, ("Authorization", SecretText(f"{self.scheme} {self.authorization.reveal()}")))
        return sent
