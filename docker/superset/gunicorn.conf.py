"""How Superset is served: few processes, since each takes 300 MB, with threads that wait for queries."""

bind = "0.0.0.0:8088"
workers = 2
worker_class = "gthread"
threads = 8
timeout = 120
# Behind nothing but a port of this host, or a web server that speaks TLS; heartbeats do not wait for a disk.
worker_tmp_dir = "/dev/shm"  # noqa: S108 – of the container, which nobody else enters
accesslog = None


def post_worker_init(_: object) -> None:
    """Parse one span of time before any thread does.

    The first one finishes the parser, and threads that come meanwhile read it half made: charts of the first page
    that anybody opens would fail.
    """
    from superset.utils.date_parser import get_since_until

    get_since_until(time_range="2026-01-01 : 2026-01-02")
