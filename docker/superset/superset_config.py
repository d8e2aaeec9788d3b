"""Superset's settings: secrets from files, and the publication read so that a swap is never noticed.

Named by ``SUPERSET_CONFIG_PATH``. ``VIGIE_PUBLICATION`` is the folder of the publication, mounted read-only;
``VIGIE_SUPERSET_SECRETS`` that of the files ``superset_secret_key`` and ``superset_database_uri``, one line each.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy.pool import NullPool

PUBLICATION = Path(os.environ.get("VIGIE_PUBLICATION", "/srv/vigie/published"))
SECRETS = Path(os.environ.get("VIGIE_SUPERSET_SECRETS", "/run/secrets"))


def _secret(name: str) -> str:
    return (SECRETS / name).read_text(encoding="utf-8").strip()


def newest_publication(uri: Any, params: dict[str, Any], *_: object) -> tuple[Any, dict[str, Any]]:
    """The newest generation by its own path, read-only, opened for one query and closed after it.

    Within a process DuckDB keeps one database a path: by the link, queries that overlap would go on reading the
    generation that the first of them opened. What is typed into SQL Lab reads the publication and no other file.
    """
    if not uri.drivername.startswith("duckdb"):
        return uri, params
    generation = (PUBLICATION / "vigie.duckdb").resolve(strict=True)
    config = {
        "access_mode": "read_only",
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": os.environ.get("VIGIE_BI_MEMORY", "1GB"),
        "threads": "2",
        "lock_configuration": "true",
    }
    arguments = {"connect_args": {"config": config}, "poolclass": NullPool}
    return uri.set(database=str(generation), query={}), {**params, **arguments}


DB_CONNECTION_MUTATOR = newest_publication

SECRET_KEY = _secret("superset_secret_key")
SQLALCHEMY_DATABASE_URI = _secret("superset_database_uri")
APP_NAME = "Vigie"
LANGUAGES = {"en": {"flag": "us", "name": "English"}, "fr": {"flag": "fr", "name": "Français"}}
# What a chart asks is answered by the file in milliseconds: an answer kept for later would be of the night before.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
ROW_LIMIT = SQL_MAX_ROW = 100_000
# True behind a web server that speaks TLS: see docker/README.md.
TLS = os.environ.get("VIGIE_SUPERSET_TLS") == "yes"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = TLS
# Pages ask this server and nobody else: no maps, no fonts, nothing that counts who looks.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": TLS,
}
