"""gunicorn's configuration: ``gunicorn lms_oauth.wsgi --config python:lms_oauth.server``. Its own options win."""

import gc
import os
import resource
import shutil
import tempfile
from typing import Any

worker_class = "lms_oauth.gthread.Worker"
threads = 8
# Each open connection is a file. What waits for a thread is refused by its time (QUEUE_SECONDS), not by its number.
_limits = resource.getrlimit(resource.RLIMIT_NOFILE)
_open_files, _most_files = (4096 if limit == resource.RLIM_INFINITY else limit for limit in _limits)
_open_files = max(_open_files, min(_most_files, 4096))
resource.setrlimit(resource.RLIMIT_NOFILE, (_open_files, _limits[1]))
worker_connections = min(2000, _open_files // 2)
control_socket_disable = True
# A process is replaced now and then, so that no slow leak of a library ever matters; not all at the same time.
max_requests, max_requests_jitter = 50_000, 10_000
timeout = 120  # seconds without a sign of life; threads of a worker answer for each other
graceful_timeout = 30
keepalive = 5

# Set before anything imports the library, which decides by it how it counts.
_metrics = tempfile.mkdtemp(prefix="lms-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _metrics


if os.environ.get("LOG_FORMAT") == "json":  # gunicorn's own lines look like the product's
    logconfig_dict: dict[str, Any] = {
        "formatters": {"json": {"()": "lms_oauth.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {"gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
    }


def on_exit(server: Any) -> None:  # noqa: ARG001
    shutil.rmtree(_metrics, ignore_errors=True)


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001
    from prometheus_client import multiprocess  # noqa: PLC0415 - see above

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def post_worker_init(worker: Any) -> None:  # noqa: ARG001
    """What is loaded stays: the collector looks at it no more, and less often at requests, which make few cycles.

    Reading large JSON makes it run all the time otherwise: storing batches of statements costs a third less CPU.
    """
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
