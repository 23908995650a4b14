"""Bounds what an upload may be before a byte of it is stored: its size by the headers, its name as it was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser
from django.shortcuts import render
from django.utils.translation import gettext as _

from .files import KINDS

MIB = 1024 * 1024
MAX_ATTACHMENT_BYTES = 20 * MIB
MAX_IMPORT_BYTES = 100 * MIB
MAX_REQUEST_BYTES = 512 * MIB  # where a view says nothing else
ACCEPTED_TYPES = tuple(f".{extension}" for kind in KINDS for extension in kind.extensions)

V = TypeVar("V", bound=Callable[..., Any])


def accepts_upload(most: int) -> Callable[[V], V]:
    """Mark a view that takes a file of at most `most` bytes."""

    def mark(view: V) -> V:
        view.max_upload_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


class UploadMiddleware:
    """Refuses a body that is too large by its Content-Length, unread. Stands before the CSRF middleware, which reads.

    Django reads no more of a body than Content-Length says, and nothing where there is none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        most = getattr(view, "max_upload_bytes", None)
        bound = most + MIB if most is not None else MAX_REQUEST_BYTES  # the other fields of the form, and the frame
        if content_length(request) > bound:
            megabytes = (most or MAX_REQUEST_BYTES) // MIB
            response = render(request, "413.html", {"megabytes": megabytes}, status=413)
            response["Connection"] = "close"  # the body was not read
            return response
        if most is not None:
            request.upload_handlers = [StrictUpload(most, request), *request.upload_handlers]
        return None


def content_length(request: HttpRequest) -> int:
    """What the request says of its size; 0 where it says nothing sensible, and then nothing is read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class StrictUpload(FileUploadHandler):
    """Goes before the handlers that store: drops files with a path in their name, notes why in `refused_upload`."""

    def __init__(self, most: int, request: HttpRequest) -> None:
        super().__init__(request)
        self.most = most

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> Any:
        assert self.request is not None
        bound = SizeBound(self.most, self.request)
        rest = [bound, *(handler for handler in self.request.upload_handlers if handler is not self)]
        return StrictParser(self.request, META, input_data, rest, encoding).parse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class SizeBound(FileUploadHandler):
    """Drops a file as soon as more of it has come than its view takes; those that store come after."""

    def __init__(self, most: int, request: HttpRequest) -> None:
        super().__init__(request)
        self.most = most

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > self.most:
            self.request.refused_upload = _(  # type: ignore[union-attr]
                "The file is larger than %(n)d MB."
            ) % {"n": self.most // MIB}
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class StrictParser(MultiPartParser):
    """Django's parser cuts a path off a file's name; this one refuses the file."""

    def __init__(self, request: HttpRequest, META: Any, data: Any, handlers: Any, encoding: Any) -> None:
        super().__init__(META, data, handlers, encoding)
        self.request = request

    def sanitize_file_name(self, file_name: str) -> str | None:
        if any(char in file_name for char in "/\\") or ".." in file_name or not file_name.isprintable():
            self.request.refused_upload = _(  # type: ignore[attr-defined]
                "The file's name holds a path or a character that no name has. Rename the file."
            )
            return None
        return super().sanitize_file_name(file_name)
