"""Gunicorn's settings, read from this folder by every `gunicorn messagingapp.wsgi`."""

import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
threads = int(os.environ.get("GUNICORN_THREADS", 4))

# A worker proves every second that it is alive by touching a file; on a busy disk that can block.
MEMORY = "/dev/shm"  # noqa: S108
worker_tmp_dir = MEMORY if os.path.isdir(MEMORY) else None

graceful_timeout = 20  # platforms commonly kill 30 seconds after asking to stop
control_socket_disable = True  # it would stand in the home folder, one for all sites

# Off unless --access-logfile asks; even then without query strings and referrers.
access_log_format = '%(t)s %(h)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'
