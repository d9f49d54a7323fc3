"""Say in one line why nothing can listen on a port of this machine: check_port.py 8000"""

import os
import socket
import sys

port = sys.argv[1]
if not (port.isdecimal() and 0 < int(port) < 65536):
    sys.exit(f"parley: PORT={port} is not a port number: choose one from 1024 to 65535")
try:
    socket.create_server(("127.0.0.1", int(port))).close()
except OSError as error:
    reason = os.strerror(error.errno).lower()
    sys.exit(f"parley: port {port} is not free ({reason}): stop what uses it, or choose with PORT=")
