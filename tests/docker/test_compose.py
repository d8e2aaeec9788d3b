"""What the compose files promise: nobody is root, BI only reads, secrets are files, nothing is open to the network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docker.composed import DOCKER, FILES, ROOT, composed, mounts, variables

ONCE = {"airflow-init", "superset-init"}
PLACES = ("/srv/vigie/var", "/srv/vigie/var/landing", "/srv/vigie/var/state", "/srv/vigie/var/published")
# Names of variables whose values must not be read by who may read the files.
SECRET = re.compile(r"(PASSWORD|SECRET|TOKEN|KEY|CONN|URI|URL)$", re.IGNORECASE)


@pytest.fixture(scope="module", params=FILES)
def whole(request: pytest.FixtureRequest) -> dict[str, Any]:
    return composed(request.param)


def test_the_files_are_what_docker_reads_alone_and_over_each_other(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(composed(name)), encoding="utf-8")
    check = Path(sys.executable).with_name("check-jsonschema")
    files = [*DOCKER.glob("compose*.yaml"), *tmp_path.glob("*.yaml")]
    words = [str(check), "--builtin-schema", "vendor.compose-spec", *map(str, files)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_that_a_service_names_is_declared(whole: dict[str, Any]) -> None:
    for name, service in whole["services"].items():
        assert set(service.get("secrets", [])) <= whole["secrets"].keys(), name
        assert set(service["networks"]) <= whole["networks"].keys(), name
        assert set(service.get("depends_on", {})) <= whole["services"].keys(), name
        named = {source for source, _ in mounts(service).values() if "/" not in source}
        assert named <= whole["volumes"].keys(), name


def test_nobody_is_root_or_may_become_it(whole: dict[str, Any]) -> None:
    for name, service in whole["services"].items():
        assert service["user"] not in {"0", "root", ""}, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_every_service_that_stays_has_a_health_check_and_all_have_limits(whole: dict[str, Any]) -> None:
    for name, service in whole["services"].items():
        limits = service["deploy"]["resources"]["limits"]
        assert {"cpus", "memory", "pids"} <= limits.keys(), name
        if name in ONCE:
            assert service["restart"] == "no"
        else:
            # Ours may have the one of their image.
            ours = str(service["image"]).startswith("vigie-")
            assert ours or service["healthcheck"]["test"], name
            assert not service.get("healthcheck", {}).get("disable"), name
            assert service["restart"] == "unless-stopped", name


def test_whoever_waits_for_a_service_waits_for_its_health_or_its_end(whole: dict[str, Any]) -> None:
    for name, service in whole["services"].items():
        for other, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONCE else "service_healthy"
            assert how["condition"] == wanted, f"{name} → {other}"


def test_ports_are_open_to_this_host_alone(whole: dict[str, Any]) -> None:
    ports = [port for service in whole["services"].values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_databases_are_on_the_inner_network_alone(whole: dict[str, Any]) -> None:
    assert whole["networks"]["data"] == {"internal": True}
    for name in {"postgres", "redis"} & whole["services"].keys():
        assert whole["services"][name]["networks"] == ["data"]


def test_bi_reads_the_publication_and_writes_nowhere(whole: dict[str, Any]) -> None:
    assert mounts(whole["services"]["superset"]) == {"/srv/vigie/published": ("published", "ro")}
    assert mounts(whole["services"]["api-server"])["/srv/vigie/var"] == ("warehouse", "ro")


def test_no_secret_stands_in_the_files(whole: dict[str, Any]) -> None:
    for name, service in whole["services"].items():
        for variable, value in variables(service).items():
            if SECRET.search(variable):
                assert not value or value.startswith(("/run/secrets/", "http://")), f"{name}: {variable}"
            if variable.endswith("_CMD"):
                (file,) = re.fullmatch(r"cat /run/secrets/(\w+)", value).groups()  # type: ignore[union-attr]
                assert name in ONCE or file in service["secrets"], f"{name}: {variable}"
    assert all(set(where) == {"file"} for where in whole["secrets"].values())


def test_every_secret_is_made_by_make_secrets_and_kept_out_of_git(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets"
    script.write_bytes((DOCKER / "make-secrets").read_bytes())
    for _ in range(2):
        subprocess.run(["bash", str(script)], check=True, capture_output=True, timeout=60)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    wanted = composed("scale")["secrets"]
    assert {Path(where["file"]).name for where in wanted.values()} == made.keys()
    assert made["postgres_password"].strip() in made["airflow_database_uri"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    ignored = subprocess.run(["git", "check-ignore", "docker/secrets/x"], cwd=ROOT, check=False, capture_output=True)
    assert ignored.returncode in {0, 128}


def test_a_fetch_worker_shares_the_landing_and_the_state_alone() -> None:
    services = composed("scale")["services"]
    fetch, warehouse = services["fetch"], services["warehouse"]
    assert {place for place in mounts(fetch) if place in PLACES} == {"/srv/vigie/var/landing", "/srv/vigie/var/state"}
    assert set(PLACES) <= mounts(warehouse).keys()
    assert not {"airflow_database_uri", "airflow_fernet_key", "postgres_password"} & set(fetch["secrets"])
    assert warehouse["deploy"]["replicas"] == 1
    assert warehouse["command"][warehouse["command"].index("--concurrency") + 1] == "1"


def test_workers_take_the_queues_that_the_dag_names() -> None:
    services = composed("scale")["services"]
    taken = {name: services[name]["command"][services[name]["command"].index("--queues") + 1]
             for name in ("fetch", "warehouse")}  # fmt: skip
    dag = (ROOT / "dags" / "nightly.py").read_text("utf-8")
    (named,) = re.findall(r'^FETCH_QUEUE, WAREHOUSE_QUEUE = "(\w+)", "(\w+)"$', dag, re.MULTILINE)
    assert taken == {"fetch": named[0], "warehouse": named[1]}


def test_all_of_airflow_has_one_executor() -> None:
    for name, executor in {"compose": "LocalExecutor", "scale": "CeleryExecutor"}.items():
        services = composed(name)["services"]
        told = {part: variables(service).get("AIRFLOW__CORE__EXECUTOR") for part, service in services.items()
                if service["image"] == "vigie-airflow" and part not in {"airflow-init", "watch"}}  # fmt: skip
        assert set(told.values()) == {executor}, told
