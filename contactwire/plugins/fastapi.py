"""For FastAPI: the endpoint in an application with its documentation, bodies to the digit, and faults in our words.

A carrier is a body and a response type as it is (`contactwire.plugins.pydantic`); nothing here is needed for that. FastAPI
takes an argument for a part of the query, unless its class is one of pydantic's or it has a `Body()`::

    @app.post("/contacts")
    def post(contact: Annotated[ContactEntity, Body()]) -> ContactEntity: ...

FastAPI answers 422 then for a body with faults, and reads and writes JSON with numbers as doubles.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from pydantic_core import ValidationError as PydanticError

from contactwire import errors
from contactwire.asgi import ContactApplication
from contactwire.errors import ContactWireError, DecodeError, Issue
from contactwire.http import ContactEndpoint
from contactwire.paths import format_pointer
from contactwire.plugins.bodies import JSON, T, read_body
from contactwire.plugins.openapi import add_endpoint
from contactwire.plugins.pydantic import FAULT, TOO_LARGE, details_of

__all__ = ["answer_faults", "decoded", "mount"]


class _Refused(HTTPException):
    """A body that is not read, such as one over a limit; its cause is our error."""


def mount(app: FastAPI, path: str, application: ContactApplication) -> None:
    """Mount the endpoint in an application at a path, and add it to the application's OpenAPI document."""
    app.mount(path, application)
    described = app.openapi
    done: dict[str, Any] | None = None

    def with_endpoint() -> dict[str, Any]:
        nonlocal done
        document = described()
        # FastAPI keeps its document, and asks for it at each request.
        if document is not done:
            add_endpoint(document, path, application)
            done = document
        return document

    app.openapi = with_endpoint  # type: ignore[method-assign]


def decoded(type: type[T]) -> Callable[[Request], Awaitable[T]]:
    """A dependency that reads the request's body as the endpoint does: in every format, with numbers to the digit.

    ::

        @app.put("/contacts")
        async def put(contact: Annotated[ContactEntity, Depends(decoded(ContactEntity))]): ...

    `type` is a carrier class, a `list[Carrier]` or a patch class. A body with faults is answered with 422, one in a media
    type that nobody reads with 415, one over a limit with 413; after `answer_faults`, as the endpoint answers them.
    """

    async def read(request: Request) -> T:
        body = await request.body()
        try:
            return read_body(body, request.headers, type)
        except ContactWireError as error:
            if error.status != 400:
                raise _Refused(error.status, str(error)) from error
            found = PydanticError.from_exception_data("body", details_of(error, None)).errors(include_url=False)
            raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from error

    return read


def answer_faults(app: FastAPI) -> None:
    """Let an application answer faults of bodies as the endpoint does, with 400 or 413 and the words of `ContactWireError`.

    So are other errors of the library that its functions raise, such as `NotFound` or `PatchConflict`. FastAPI still answers
    all other faults of requests in its own way, such as a missing parameter or body.
    """
    app.add_exception_handler(ContactWireError, _answer)
    app.add_exception_handler(_Refused, _answer_cause)
    app.add_exception_handler(RequestValidationError, _answer_validation)


async def _answer(request: Request, error: Any) -> Response:
    answer = ContactEndpoint().respond_error(error, request.headers.items(), method=request.method)
    response = Response(answer.body, answer.status)
    response.raw_headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    return response


async def _answer_cause(request: Request, error: Any) -> Response:
    return await _answer(request, error.__cause__)


async def _answer_validation(request: Request, error: Any) -> Response:
    if isinstance(error.__cause__, ContactWireError):
        return await _answer_cause(request, error)
    found = error.errors()
    if isinstance(found[0].get("input"), bytes):
        # FastAPI parses no other format than JSON, and hands such a body on as it came.
        return await _answer(request, errors.UnsupportedMediaType(request.headers.get("Content-Type", ""), (JSON,)))
    for each in found:
        if each["type"] == TOO_LARGE:
            return await _answer(request, errors.ContentTooLarge(each["ctx"]["message"]))
    issues = [_issue(each) for each in found if each["type"] == FAULT]
    if issues:
        return await _answer(request, errors.ValidationError(issues))
    if found[0]["type"] == "json_invalid":
        before = error.body[: found[0]["loc"][1]]
        column = len(before) - before.rfind("\n")
        return await _answer(request, DecodeError(found[0]["ctx"]["error"], before.count("\n") + 1, column))
    return await request_validation_exception_handler(request, error)


def _issue(found: dict[str, Any]) -> Issue:
    # The first is "body". pydantic puts the validator that was tried among the places, where there is a union.
    places = [str(place) for place in found["loc"][1:] if not str(place).startswith("function-plain[")]
    pointer = format_pointer(places)
    return Issue(pointer, *(found["ctx"][name] for name in ("message", "expected", "received")))
