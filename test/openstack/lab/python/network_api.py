"""Neutron's API in one process, without RPC workers: there are no agents and no message broker."""
import sys

sys.argv[0] = 'neutron-server'
import neutron.cmd.eventlet  # noqa: E402,F401  patches what is imported below
from neutron import server, service  # noqa: E402

server.boot_server(lambda: service.serve_wsgi(service.NeutronApiService).wait())
