"""Everything that knows HTTP: `api` answers JSON, `pages` answer HTML, side by side."""

from chalice.app import Chalice

from . import api, callbacks, headers, pages


def register(app: Chalice) -> None:
    for routes in (*api.ALL, *pages.ALL):
        app.register_blueprint(routes)
    app.register_blueprint(callbacks.routes)
    app.register_middleware(headers.secure, "http")
