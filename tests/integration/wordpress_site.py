"""A real WordPress on loopback: Debian's packages, MariaDB and PHP's built-in server, in a folder of their own.

Used as ``with wordpress(folder) as site:``; everything is started here and ended here.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CODE = Path("/usr/share/wordpress")
TOOLS = ("php", "mariadbd", "mariadb-install-db", "mariadb")

CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'wordpress'); define('DB_PASSWORD', 'local-only');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}');
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', false);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""


@dataclass(frozen=True)
class Site:
    """A running site: its address, its folder, and the socket of its database."""

    url: str
    folder: Path
    socket: Path

    def php(self, code: str) -> str:
        """Run PHP inside WordPress and return what it printed."""
        script = self.folder / "run.php"
        script.write_text("<?php define('WP_INSTALLING', true); require __DIR__ . '/wp-load.php';\n" + code, "utf-8")
        try:
            done = subprocess.run(["php", str(script)], capture_output=True, text=True, timeout=300, check=False)
        finally:
            script.unlink()
        if done.returncode != 0:
            raise RuntimeError(f"php ended with {done.returncode}: {done.stdout[-500:]} {done.stderr[-500:]}")
        return done.stdout

    def sql(self, query: str) -> list[list[str]]:
        """Run a query in MariaDB itself, beside WordPress."""
        command = ["mariadb", f"--socket={self.socket}", "--user=root", "--batch", "--skip-column-names", "wordpress"]
        done = subprocess.run([*command, "-e", query], capture_output=True, text=True, timeout=60, check=True)
        return [line.split("\t") for line in done.stdout.splitlines()]


def missing_tools() -> list[str]:
    """What a WordPress on this machine lacks."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return [tool for tool in TOOLS if not shutil.which(tool, path=path)] + ([] if CODE.is_dir() else ["wordpress"])


@contextlib.contextmanager
def wordpress(folder: Path, time_zone: str = "Europe/Paris") -> Iterator[Site]:
    """Start MariaDB and PHP, install WordPress with plain permalinks, and end both afterwards."""
    with _mariadb(folder) as database:
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        code = folder / "site"
        shutil.copytree(CODE, code, symlinks=False, ignore=shutil.ignore_patterns("languages", "uploads"))
        (code / "wp-config.php").unlink(missing_ok=True)
        (code / "wp-config.php").write_text(CONFIG.format(socket=database, url=url), "utf-8")
        site = Site(url, code, database)
        site.php(
            "require_once ABSPATH . 'wp-admin/includes/upgrade.php';"
            "wp_install('Journal', 'editor', 'editor@example.org', true, '', 'local-only');"
            f"update_option('timezone_string', '{time_zone}'); update_option('permalink_structure', '');"
            "wp_delete_comment(1, true); wp_delete_post(1, true); wp_delete_post(2, true);"
        )
        with _server(["php", "-S", f"127.0.0.1:{port}", "-t", str(code)], folder, {"PHP_CLI_SERVER_WORKERS": "2"}):
            _wait_for(lambda: _answers(f"{url}/?rest_route=/"))
            yield site


@contextlib.contextmanager
def _mariadb(folder: Path) -> Iterator[Path]:
    data, sock = folder / "mariadb", folder / "db.sock"
    data.mkdir(parents=True)
    user = pwd.getpwuid(os.getuid()).pw_name
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--user={user}", "--skip-test-db",
         "--auth-root-authentication-method=normal"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    binary = shutil.which("mariadbd", path=os.environ.get("PATH", "") + ":/usr/sbin") or "mariadbd"
    command = [binary, "--no-defaults", f"--datadir={data}", f"--socket={sock}", "--skip-networking", f"--user={user}",
               f"--pid-file={folder / 'db.pid'}", "--innodb-flush-log-at-trx-commit=0"]  # fmt: skip
    client = ["mariadb", f"--socket={sock}", "--user=root", "-e"]
    with _server(command, folder):
        _wait_for(lambda: subprocess.run([*client, "select 1"], capture_output=True, check=False).returncode == 0)
        create = (
            "create database wordpress character set utf8mb4;"
            "create user wordpress@localhost identified by 'local-only';"
            "grant all on wordpress.* to wordpress@localhost"
        )
        subprocess.run([*client, create], check=True, capture_output=True, timeout=60)
        yield sock


@contextlib.contextmanager
def _server(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Iterator[None]:
    """A process group that is ended as a whole, its output kept for a failure's sake."""
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, start_new_session=True, env={**os.environ, **(environment or {})}
        )
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _wait_for(ready: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if callable(ready) and ready():
            return
        time.sleep(0.2)
    raise TimeoutError(f"a server was not ready after {seconds} s")
