"""The records of ``tests.bench.server`` through dlt, run by the Python of dlt's own environment.

``python dlt_peer.py <port> <records> <folder> <columns as JSON>`` prints seconds, rows and peak memory as JSON.
Its own REST source, typed columns declared so that nothing is guessed, Parquet between its stages.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

TUNED = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "NORMALIZE__WORKERS": "2",
    "LOAD__WORKERS": "2",
    # Two files for the two workers of the normalizing; buffers that make big row groups.
    "SOURCES__DATA_WRITER__FILE_MAX_ITEMS": "100000",
    "SOURCES__DATA_WRITER__BUFFER_MAX_ITEMS": "50000",
    "NORMALIZE__DATA_WRITER__BUFFER_MAX_ITEMS": "100000",
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
}
TYPES = {"VARCHAR": "text", "BIGINT": "bigint"}


def main() -> None:
    port, records, folder, columns = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), json.loads(sys.argv[4])
    os.environ.update(TUNED, DLT_DATA_DIR=str(folder / "data"))
    dlt: Any = importlib.import_module("dlt")
    rest_api: Any = importlib.import_module("dlt.sources.rest_api")
    duckdb: Any = importlib.import_module("duckdb")
    importlib.import_module("pyarrow.parquet")
    source = rest_api.rest_api_source(
        {
            "client": {
                "base_url": f"http://127.0.0.1:{port}/",
                "paginator": {
                    "type": "cursor",
                    "cursor_path": "paging.after",
                    "cursor_param": "after",
                },
            },
            "resources": [
                {
                    "name": "post_metrics",
                    "endpoint": {"path": "records", "data_selector": "data"},
                    "parallelized": True,
                    "primary_key": "id",
                    "write_disposition": "append",
                    "columns": {name: {"data_type": TYPES[kind]} for name, kind in columns.items()},
                    "max_table_nesting": 0,
                }
            ],
        }
    )
    pipeline = dlt.pipeline(
        "peer",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "peer.duckdb")),
        dataset_name="raw",
    )
    start = time.perf_counter()
    pipeline.run(source, loader_file_format="parquet")
    seconds = time.perf_counter() - start
    with duckdb.connect(str(folder / "peer.duckdb")) as con:
        rows = con.execute("select count(*), count(distinct id) from raw.post_metrics").fetchone()
    if rows != (records, records):
        raise SystemExit(f"dlt loaded {rows} rows of {records} records")
    steps = {step.step: (step.finished_at - step.started_at).total_seconds() for step in pipeline.last_trace.steps}
    print(json.dumps({"seconds": seconds, "rows": rows[0], "peak_mb": _peak_mb(), "steps": steps}))


def _peak_mb() -> float:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
