"""Nova's API, conductor, scheduler and compute with the fake driver in one process, over an in-memory transport."""
import shlex
import sys

sys.argv[0] = 'nova-all'
import nova.cmd  # noqa: E402,F401  patches what is imported below
import os_vif  # noqa: E402
import nova.conf  # noqa: E402
from nova import config, objects, service, utils  # noqa: E402
from nova.compute import rpcapi as compute_rpcapi  # noqa: E402
from nova.conductor import rpcapi as conductor_rpcapi  # noqa: E402
from nova.conf import remote_debug  # noqa: E402
from nova.scheduler import rpcapi as scheduler_rpcapi  # noqa: E402
from oslo_log import log as logging  # noqa: E402
from oslo_privsep import priv_context  # noqa: E402
from oslo_service import service as oslo_service  # noqa: E402

CONF = nova.conf.CONF
remote_debug.register_cli_opts(CONF)
config.parse_args(sys.argv)
logging.setup(CONF, 'nova')
priv_context.init(root_helper=shlex.split(utils.get_root_helper()))
objects.register_all()
os_vif.initialize()
objects.Service.enable_min_version_cache()
launcher = oslo_service.ServiceLauncher(CONF, restart_method='mutate')
for binary, topic in (('nova-conductor', conductor_rpcapi.RPC_TOPIC), ('nova-scheduler', scheduler_rpcapi.RPC_TOPIC),
                      ('nova-compute', compute_rpcapi.RPC_TOPIC)):
    launcher.launch_service(service.Service.create(binary=binary, topic=topic))
launcher.launch_service(service.WSGIService('osapi_compute'))
launcher.wait()
