"""Vigie inside Airflow's own UI: its pages are closed to strangers, its connection types are typed into forms."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from pipeline import simulator, sources
from pipeline.plugin.closed import HEADERS
from pipeline.report import browser
from tests.airflow.browsing import framed, signed_in
from tests.airflow.client import AirflowClient
from tests.airflow.stage import ADMIN, GUEST, Run, Stage

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("airflow"), pytest.mark.timeout(1800)]

PAGES = ("/vigie/report", "/vigie/sources")
BRAND = "Atelier Marin"


@pytest.mark.parametrize("page", PAGES)
def test_nobody_who_has_not_signed_in_reads_a_page(airflow: Stage, triggered: Run, page: str) -> None:
    answer = airflow.airflow.page(page)
    assert answer.status == 401
    assert json.loads(answer.text) == {"detail": "Not authenticated"}


@pytest.mark.parametrize("page", PAGES)
def test_a_forged_token_and_a_user_who_may_see_nothing_are_refused(airflow: Stage, triggered: Run, page: str) -> None:
    head, claims, _ = airflow.airflow.token.split(".")
    guest = AirflowClient(airflow.airflow.url, {}, *GUEST)
    for token in (f"{head}.{claims}.Zm9yZ2Vk", "nonsense", guest.token):
        answer = airflow.airflow.page(page, token=token)
        assert answer.status == 403
        assert BRAND not in answer.text


def test_who_is_signed_in_reads_the_report_that_was_published(airflow: Stage, triggered: Run) -> None:
    answer = airflow.airflow.page("/vigie/report", token=airflow.airflow.token)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    published = airflow.folder / "var" / "published" / "report.html"
    assert answer.text == published.read_text(encoding="utf-8")


def test_who_is_signed_in_sees_how_every_source_stands(airflow: Stage, triggered: Run) -> None:
    answer = airflow.airflow.page("/vigie/sources", token=airflow.airflow.token)
    assert answer.status == 200
    told = " ".join(answer.text.split())
    for task in triggered.tasks.values():
        if task["task_id"].startswith("fetch_"):
            row = f"<tr><td>{task['task_id'].removeprefix('fetch_')}</td><td>{task['rendered_map_index']}"
            assert row in told
    night = triggered.publication.parent.name[:8]
    assert f"{night[:4]}-{night[4:6]}-{night[6:]}" in told


@pytest.mark.parametrize("page", [*PAGES, "/vigie/nothing"])
@pytest.mark.parametrize("somebody", [True, False])
def test_every_answer_is_sealed(airflow: Stage, triggered: Run, page: str, somebody: bool) -> None:
    answer = airflow.airflow.page(page, token=airflow.airflow.token if somebody else None)
    for name, value in HEADERS.items():
        assert answer.headers[name.lower()] == value


@pytest.mark.parametrize(
    "path",
    [
        "/vigie/",
        "/vigie/vigie.toml",
        "/vigie/report/../../vigie.toml",
        "/vigie/../vigie.toml",
        "/vigie/report/..%2f..%2fvigie.toml",
        "/vigie/%2e%2e/%2e%2e/vigie.toml",
        "/vigie/report%00.html",
        "/vigie//etc/passwd",
        "/vigie/openapi.json",
        "/vigie/docs",
    ],
)
def test_there_is_nothing_beside_the_two_pages(airflow: Stage, triggered: Run, path: str) -> None:
    assert airflow.airflow.page(path, token=airflow.airflow.token).status == 404


def test_airflow_shows_both_pages_in_its_menu(airflow: Stage) -> None:
    assert airflow.airflow.ask("GET", "plugins/importErrors")["import_errors"] == []
    plugins = {plugin["name"]: plugin for plugin in airflow.airflow.ask("GET", "plugins")["plugins"]}
    assert [view["href"] for view in plugins["vigie"]["external_views"]] == ["vigie/report", "vigie/sources"]


@pytest.mark.skipif(not any(map(shutil.which, browser.NAMES)), reason="no Chromium is installed")
def test_a_browser_that_has_signed_in_shows_both_pages_inside_airflow(airflow: Stage, triggered: Run) -> None:
    with signed_in(airflow.airflow.url, *ADMIN) as tab:
        report = framed(tab, f"{airflow.airflow.url}/plugin/vigie-report", airflow.folder / "report.png")
        sources = framed(tab, f"{airflow.airflow.url}/plugin/vigie-sources", airflow.folder / "sources.png")
        refused = [event for event in tab.events if "Content Security Policy" in str(event)]
    assert BRAND in report
    assert "woocommerce" in sources
    assert "boutique" in sources
    assert refused == [], "the report needs nothing that the headers forbid"


def forms(airflow: Stage) -> dict[str, dict[str, Any]]:
    """What Airflow's UI asks for when somebody adds a connection, by its type."""
    page = airflow.airflow.page("/ui/connections/hook_meta", token=airflow.airflow.token)
    return {meta["connection_type"]: meta for meta in json.loads(page.text)}


def test_each_platform_with_credentials_has_a_form_that_asks_for_all_of_them(airflow: Stage) -> None:
    found = forms(airflow)
    for platform in sources.names():
        source = sources.module(platform)
        wanted = {*getattr(source, "CREDENTIALS", ()), *getattr(source, "OPTIONAL_CREDENTIALS", ())}
        form = found.get(f"vigie_{platform}")
        assert (form is not None) == (source.ORIGIN == "api" and bool(wanted)), platform
        if form is not None:
            password = form["standard_fields"]["password"]["placeholder"].partition(" ")[0]
            assert {password, *(form["extra_fields"] or {})} == wanted
            assert form["standard_fields"]["host"]["hidden"] is True


def test_what_is_typed_into_a_form_is_hidden_and_feeds_a_fetch(airflow: Stage, triggered: Run) -> None:
    """The stage keeps the keys of its shop in such a connection, made by the API as the form does it."""
    shop = airflow.airflow.ask("GET", "connections/vigie_shop")
    assert shop["conn_type"] == "vigie_woocommerce"
    assert shop["password"] == "***"
    assert json.loads(shop["extra"]) == {"secret": "***"}
    for secret in simulator.environment().values():
        assert secret not in json.dumps(shop)
    assert triggered.tasks["fetch_woocommerce", 0]["state"] == "success"


def test_a_field_that_opens_something_is_never_shown(airflow: Stage) -> None:
    for name, form in forms(airflow).items():
        if name.startswith("vigie_"):
            shown = {key for key, field in (form["extra_fields"] or {}).items() if "format" not in field["schema"]}
            assert shown <= {"client_id"}
            made = {"connection_id": f"{name}_typed", "conn_type": name}
            typed = {key: f"typed into {key}" for key in form["extra_fields"] or {}}
            told = airflow.airflow.ask("POST", "connections", made | {"password": "p", "extra": json.dumps(typed)})
            assert told["password"] == "***"
            assert {key for key, value in json.loads(told["extra"]).items() if value != "***"} == shown
