"""Superset made ready, in one process: its tables, its roles, an administrator, and our dashboards.

``python prepare.py FOLDER``: runs Superset's own commands. May be run again after each new version: what was imported
before is replaced, what people made themselves stays. Ends with what a command said where it failed.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

SECRETS = Path(os.environ.get("VIGIE_SUPERSET_SECRETS", "/run/secrets"))


def commands(dashboards: Path) -> list[list[str]]:
    """What is typed after ``superset``."""
    person = ["--username", "admin", "--firstname", "Vigie", "--lastname", "Administrator"]
    secret = (SECRETS / "superset_admin_password").read_text(encoding="utf-8").strip()
    password = ["--email", "admin@localhost", "--password", secret]
    return [
        ["db", "upgrade"],
        ["init"],
        ["fab", "create-admin", *person, *password],
        ["import-directory", "--overwrite", str(dashboards)],
    ]


def main() -> None:
    """Run them one after the other; importing Superset takes longer than most of them."""
    from superset.app import create_app
    from superset.cli.main import superset

    told = Told()
    logging.getLogger("superset").addHandler(told)
    app = create_app()
    runner = app.test_cli_runner()
    for words in commands(Path(sys.argv[1])):
        done = runner.invoke(superset, words)
        # An import that was refused is only logged.
        if done.exit_code or told.errors:
            sys.exit(f"superset {words[0]}: {done.output[-2000:]} {done.exception or ''} {' '.join(told.errors)}")
        sys.stdout.write(f"superset {words[0]}: done\n")


class Told(logging.Handler):
    """The errors that Superset logs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.errors.append(record.getMessage())


if __name__ == "__main__":
    main()
