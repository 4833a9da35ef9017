"""What is turned away before a request is read: heads that Sanic 21.12 would misread, hang on, or answer with nothing."""

import re

_LENGTH = re.compile(rb"^content-length:[ \t]*(.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_ENCODING = re.compile(rb"^transfer-encoding:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)


class BadHead(ValueError):
    """The head of a request is not one that a well-meaning client sends."""


def check_head(head: bytes) -> None:
    """Raise BadHead unless the request line is plain ASCII with a path, and the body's length is given once and well.

    A negative Content-Length makes Sanic 21.12 spin for ever; RFC 9112 (6.3) has servers refuse what can be read in two ways.
    """
    lines = head.replace(b"\r\n", b"\n")
    if re.search(rb"[\r\x00]", lines) or lines.count(b"\n") != head.count(b"\r\n"):
        raise BadHead("line ends")  # a bare one is a line to some and none to others
    line = lines.split(b"\n", 1)[0]
    if not re.fullmatch(rb"[A-Z]{1,10} /[!-~]* HTTP/1\.[01]", line):
        raise BadHead("request line")
    lengths, encodings = _LENGTH.findall(lines), _ENCODING.findall(lines)
    if len(lengths) + len(encodings) > 1:
        raise BadHead("more than one length")
    if any(not re.fullmatch(rb"\d{1,9}", length) for length in lengths):
        raise BadHead("content-length")
    if any(encoding != b"chunked" for encoding in encodings):  # Sanic knows no other spelling
        raise BadHead("transfer-encoding")
