"""The pages' door: made at the first request, open to signed-in users, sealed against what a page could be used for.

Airflow mounts what a plugin brings without asking anybody who they are, so the application asks itself:
whoever may see the DAG may see what it made.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from pipeline.plugin.brand import DAG_ID

if TYPE_CHECKING:
    from fastapi import FastAPI

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Nothing is loaded from anywhere, no script runs, nobody but Airflow itself puts the page into a frame.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Closed:
    """The ASGI application that Airflow mounts. Tasks import it too, so FastAPI is imported with the first request."""

    def __init__(self) -> None:
        self._pages: FastAPI | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, whatever becomes of it, with the headers above."""
        if self._pages is None:
            self._pages = application()
        sealed = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

        async def seal(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *sealed]
            await send(message)

        await self._pages(scope, receive, seal)


def application() -> FastAPI:
    """The pages behind one question: may this user see the DAG? 401 for nobody, 403 for who may not."""
    from airflow.api_fastapi.core_api.security import requires_access_dag
    from fastapi import Depends, FastAPI
    from fastapi.responses import HTMLResponse

    from pipeline.plugin import pages

    asked = [Depends(requires_access_dag("GET", param_dag_id=DAG_ID))]
    # Its own documentation would be open to everybody.
    app = FastAPI(title="Vigie", openapi_url=None, docs_url=None, redoc_url=None, dependencies=asked)
    for path, page in (("/report", pages.report), ("/sources", pages.sources)):
        app.add_api_route(path, page, methods=["GET"], response_class=HTMLResponse)
    return app
