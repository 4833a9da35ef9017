"""A shop of another origin, which has the widget on its pages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STRICT = "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'"


class Shop:
    """A shop of another origin, with the server's widget on its pages."""

    def __init__(self) -> None:
        self.widget = ""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Send the page of the shop."""
                script = f'<script type="module" src="{shop.widget}/widget.js"></script>'
                body = (
                    f"<!doctype html><title>Shop</title>{script}"
                    "<h1>Shop</h1><privacy-chat></privacy-chat>"
                )
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                policy = STRICT.replace("script-src 'self'", f"script-src {shop.widget}")
                self.send_header(
                    "Content-Security-Policy",
                    policy.replace("connect-src 'self'", f"connect-src {shop.widget}"),
                )
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def shopping() -> Iterator[Shop]:
    """Open a shop, and close it at the end."""
    shop = Shop()
    try:
        yield shop
    finally:
        shop.server.shutdown()
        shop.server.server_close()
