"""How Superset is served: few processes, since each takes 300 MB, with threads that wait for queries."""

bind = "0.0.0.0:8088"
workers = 2
worker_class = "gthread"
threads = 8
timeout = 120
# Behind nothing but a port of this host, or a web server that speaks TLS; heartbeats do not wait for a disk.
worker_tmp_dir = "/dev/shm"
accesslog = None
