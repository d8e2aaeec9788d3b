"""The connection types that Airflow is told of are those of the sources, and none of their secrets is ever shown."""

from __future__ import annotations

import importlib
import json

from jsonschema import Draft7Validator

from pipeline.plugin.connections import connection_types, declared, written
from pipeline.plugin.provider import get_provider_info


def test_what_is_written_down_is_what_the_sources_declare() -> None:
    assert written() == declared(), "python -m pipeline.plugin.connections writes it anew"
    assert len(written()) > 20


def test_the_provider_is_told_in_the_form_that_airflow_wants() -> None:
    folder = importlib.import_module("airflow").__path__[0]
    with open(f"{folder}/provider_info.schema.json", encoding="utf-8") as schema:  # noqa: PTH123
        Draft7Validator(json.load(schema)).validate(get_provider_info())


def test_airflow_hides_every_field_that_opens_something() -> None:
    should_hide = importlib.import_module("airflow.sdk._shared.secrets_masker").should_hide_value_for_key
    for each in connection_types():
        shown = {name for name in each.others if not should_hide(name)}
        assert shown <= {"client_id"}, each.platform


def test_each_type_has_the_hook_that_airflow_looks_for() -> None:
    for each in written():
        module, _, name = each["hook-class-name"].rpartition(".")
        hook = getattr(importlib.import_module(module), name)
        assert (hook.conn_type, hook.hook_name) == (each["connection-type"], each["hook-name"])
