"""Secrets come by reference, are refused when a request could not carry them, and are never shown."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipeline.settings import Secret, Settings, SettingsError, read
from pipeline.streams import Source

Reader = Callable[..., Settings]
Complaints = Callable[..., list[str]]

UNUSABLE = {
    "missing": (None, "is not set"),
    "empty": ("", "is blank"),
    "only spaces": ("  \t", "is blank"),
    "line break inside": ("canary\nX-Injected: 1", "contains a line break or a control character"),
    "line break at the end": ("canary\n", "contains a line break or a control character"),
    "carriage return": ("canary\r", "contains a line break or a control character"),
    "null": ("canary\0", "contains a line break or a control character"),
    "line separator": ("canary\u2028", "contains a line break or a control character"),
    "not UTF-8": ("canary\udcff", "contains a line break or a control character"),
    "space before": (" canary", "begins or ends with a space"),
    "space after": ("canary ", "begins or ends with a space"),
    "a whole file": ("canary" * 2000, "is longer than 8192 characters"),
}

# Every place of a secret in the complete file, by its variable: required ones, optional ones, alerts.
PLACES = {
    "VIGIE_FACEBOOK_TOKEN": "line 30: sources.facebook[0].token",
    "VIGIE_FACEBOOK_SECRET": "line 31: sources.facebook[0].app_secret",
    "VIGIE_MATOMO_TOKEN": "line 45: sources.matomo[0].token",
    "VIGIE_SHOP_KEY": "line 51: sources.woocommerce[0].key",
    "VIGIE_SHOP_SECRET": "line 52: sources.woocommerce[0].secret",
    "VIGIE_WEBHOOK": "line 78: alerts.channels[0].url",
    "VIGIE_MAIL": "line 82: alerts.channels[1].url",
}


@pytest.mark.parametrize("fault", UNUSABLE)
@pytest.mark.parametrize("variable", PLACES)
def test_an_unusable_secret_is_named_and_never_shown(
    variable: str, fault: str, complete: str, environment: dict[str, str], complaints: Complaints
) -> None:
    value, reason = UNUSABLE[fault]
    changed = {name: content for name, content in environment.items() if name != variable}
    if value is not None:
        changed[variable] = value
    found = complaints(complete, changed)
    assert f"{PLACES[variable]}: the environment variable {variable} {reason}" in found


# A line break at the end is how files end.
OF_FILES = {
    name: fault for name, fault in UNUSABLE.items() if "end" not in name and fault[0] and name != "carriage return"
}


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_file_gives_the_secret_that_it_holds(
    end: str, tmp_path: Path, complete: str, environment: dict[str, str], read_text: Reader
) -> None:
    file = tmp_path / "matomo.token"
    file.write_text("a-secret-of-a-file" + end, encoding="utf-8", newline="")
    read_ = read_text(complete.replace("env:VIGIE_MATOMO_TOKEN", f"file:{file}"), environment)
    (matomo,) = [account for account in read_.accounts if account.platform == "matomo"]
    assert matomo.secrets["token"].reveal() == "a-secret-of-a-file"


@pytest.mark.parametrize("fault", OF_FILES)
def test_an_unusable_file_is_named_and_never_shown(
    fault: str, tmp_path: Path, complete: str, complaints: Complaints
) -> None:
    value, reason = OF_FILES[fault]
    file = tmp_path / "matomo.token"
    file.write_bytes(str(value).encode("utf-8", "surrogateescape"))
    (found,) = complaints(complete.replace("env:VIGIE_MATOMO_TOKEN", f"file:{file}"))
    expected = "cannot be read (UnicodeDecodeError)" if fault == "not UTF-8" else reason
    assert found == f"line 45: sources.matomo[0].token: {file} {expected}"
    assert "canary" not in found


def test_a_file_that_is_not_there_is_named(tmp_path: Path, complete: str, complaints: Complaints) -> None:
    for path in (tmp_path / "absent", tmp_path):
        (found,) = complaints(complete.replace("env:VIGIE_MATOMO_TOKEN", f"file:{path}"))
        assert f"{path} cannot be read (" in found


@pytest.mark.parametrize(
    "literal",
    [
        "canary-plain-password",
        "EAABcanary0123456789abcdef",
        "ck_canary",
        "env:canary-token-pasted-behind",
        "env:",
        "ENV:VIGIE_MATOMO_TOKEN",
        "airflow:",
        "airflow:not a connection canary",
        "env:EAACANARY0123456789",
        "file:canary",
        "file:/run/../canary token",
        "file:/EAABcanary0123456789abcdef",
        "",
    ],
)
def test_a_secret_in_the_file_is_refused_without_showing_it(
    literal: str, complete: str, complaints: Complaints
) -> None:
    found = complaints(complete.replace("env:VIGIE_MATOMO_TOKEN", literal))
    assert len(found) == 1
    assert found[0].startswith("line 45: sources.matomo[0].token: ")
    assert "canary" not in found[0].lower()


@pytest.mark.parametrize(
    "pasted",
    [
        "EAABsbCS1iHgBAcanary0123456789",
        "ck_0123456789abcdef0123456789abcdef01234567",
        "xoxb-canary",
        "https://hooks.slack.com/services/T0/B0/canary",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        "0123456789abcdef0123456789abcdef",
        "https://graph.facebook.com/?access_token=canary",
    ],
)
def test_a_credential_pasted_at_any_other_key_is_refused_without_showing_it(
    pasted: str, complete: str, complaints: Complaints
) -> None:
    for old in ('name = "Atelier Marin"', 'utm_campaign = "autumn-2026"', 'platform = "facebook"'):
        key = old.split(" = ")[0]
        found = complaints(complete.replace(old, f'{key} = "{pasted}"'))
        assert len(found) == 1
        assert "looks like a credential" in found[0]
        assert pasted not in found[0]
    found = complaints(complete.replace("[segments]", f'"{pasted}" = 1\n[segments]'))
    assert pasted not in "".join(found)


@pytest.mark.parametrize(
    "connection",
    [
        json.dumps({"conn_type": "http", "login": "ada", "password": "canary-p", "extra": {"stats": "canary-s"}}),
        json.dumps({"conn_type": "http", "login": "ada", "password": "canary-p", "extra": '{"stats": "canary-s"}'}),
        "http://ada:canary-p@journal.example.org/?stats=canary-s",
    ],
)
def test_an_airflow_connection_gives_password_login_and_fields(
    connection: str, complete: str, environment: dict[str, str], read_text: Reader
) -> None:
    text = complete.replace("env:VIGIE_SHOP_KEY", "airflow:shop#login").replace("env:VIGIE_SHOP_SECRET", "airflow:shop")
    text = text.replace("env:VIGIE_MATOMO_TOKEN", "airflow:shop#stats")
    settings = read_text(text, environment | {"AIRFLOW_CONN_SHOP": connection})
    shop = settings.account("woocommerce", "boutique").secrets
    assert (shop["key"].reveal(), shop["secret"].reveal()) == ("ada", "canary-p")
    assert settings.account("matomo", "1").secrets["token"].reveal() == "canary-s"


@pytest.mark.parametrize(
    ("connection", "reason"),
    [
        (None, "the environment variable AIRFLOW_CONN_STATS (an Airflow connection) is not set"),
        ("canary", "AIRFLOW_CONN_STATS is neither a connection URI nor its JSON (not shown)"),
        ('{"password": "canary"', "AIRFLOW_CONN_STATS is neither a connection URI nor its JSON"),
        ('{"extra": [1]}', "AIRFLOW_CONN_STATS is neither a connection URI nor its JSON"),
        ("http://[canary", "AIRFLOW_CONN_STATS is neither a connection URI nor its JSON"),
        ('{"login": "canary"}', "the Airflow connection stats has no password"),
        ('{"password": " "}', "the password of the Airflow connection stats is blank"),
    ],
)
def test_an_unusable_connection_is_named_and_never_shown(
    connection: str | None, reason: str, complete: str, environment: dict[str, str], complaints: Complaints
) -> None:
    changed = environment | ({} if connection is None else {"AIRFLOW_CONN_STATS": connection})
    (found,) = complaints(complete.replace("env:VIGIE_MATOMO_TOKEN", "airflow:stats"), changed)
    assert found.startswith(f"line 45: sources.matomo[0].token: {reason}")


def test_inside_airflow_its_own_connections_are_asked(
    complete: str, environment: dict[str, str], known: Mapping[str, Source], tmp_path: Path
) -> None:
    path = tmp_path / "vigie.toml"
    path.write_text(complete.replace("env:VIGIE_MATOMO_TOKEN", "airflow:stats"))
    nothing: dict[str, dict[str, str]] = {}
    settings = read(path, environment, known, connections={"stats": {"password": "from-airflow"}}.__getitem__)
    assert settings.account("matomo", "1").secrets["token"].reveal() == "from-airflow"
    with pytest.raises(SettingsError, match=r"Airflow gives no connection stats \(KeyError\)"):
        read(path, environment, known, connections=nothing.__getitem__)


def test_a_secret_shows_only_its_reference_and_is_never_written() -> None:
    secret = Secret("env:TOKEN", "canary")
    assert f"{secret} {secret!r} {[secret]}" == "Secret(env:TOKEN) Secret(env:TOKEN) [Secret(env:TOKEN)]"
    for write in (pickle.dumps, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError) as caught:
            write(secret)
        assert "canary" not in str(caught.value)


def test_work_without_requests_leaves_out_secrets_that_are_not_there(
    complete: str, environment: dict[str, str], known: Mapping[str, Source], tmp_path: Path
) -> None:
    path = tmp_path / "vigie.toml"
    path.write_text(complete)
    del environment["VIGIE_FACEBOOK_SECRET"], environment["VIGIE_WEBHOOK"]
    settings = read(path, environment | {"VIGIE_MATOMO_TOKEN": "canary\n"}, known, require_secrets=False)
    assert set(settings.account("facebook", "104001").secrets) == {"token"}
    assert settings.account("matomo", "1").secrets == {}
    chat, mail = settings.alerts.channels
    assert chat.url is None
    assert mail.url is not None


def test_work_without_requests_still_refuses_a_secret_in_the_file(
    complete: str, known: Mapping[str, Source], tmp_path: Path
) -> None:
    path = tmp_path / "vigie.toml"
    path.write_text(complete.replace("env:VIGIE_MATOMO_TOKEN", "canary"))
    with pytest.raises(SettingsError, match="a secret never stands in the file") as caught:
        read(path, {}, known, require_secrets=False)
    assert len(caught.value.findings) == 1
