# Writes the services' configuration; sourced by up.sh.
mkdir -p "$etc"/{fernet,credential} "$log" "$run" "$state"/{images,lock,nova/instances,neutron}

database() { echo "mysql+pymysql://root@localhost/$1?unix_socket=$run/mysql.sock&charset=utf8"; }

# Who a service is to Keystone.
account() {
  cat <<X
auth_url = http://127.0.0.1:$keystone/v3
auth_type = password
username = $1
password = $password
project_name = service
user_domain_id = default
project_domain_id = default
X
}

client() {
  account "$1"
  printf 'region_name = RegionOne\nvalid_interfaces = public\n'
}

tokens_of_others() {
  printf '[keystone_authtoken]\nwww_authenticate_uri = http://127.0.0.1:%s/v3\n' "$keystone"
  printf 'service_token_roles_required = true\nservice_token_roles = service\n'
  account "$1"
}

common="[oslo_concurrency]
lock_path = $state/lock
[oslo_messaging_notifications]
driver = noop"

cat >"$etc/keystone.conf" <<X
[DEFAULT]
log_file = $log/keystone.log
transport_url = fake:///
[database]
connection = $(database keystone)
[token]
provider = fernet
[fernet_tokens]
key_repository = $etc/fernet
[credential]
key_repository = $etc/credential
[identity]
password_hash_rounds = 4
[assignment]
driver = sql
$common
X

cat >"$etc/placement.conf" <<X
[DEFAULT]
log_file = $log/placement.log
[api]
auth_strategy = keystone
[placement_database]
connection = $(database placement)
$(tokens_of_others placement)
$common
X

cat >"$etc/glance-api.conf" <<X
[DEFAULT]
log_file = $log/glance.log
bind_host = 127.0.0.1
bind_port = $glance
workers = 0
transport_url = fake:///
[database]
connection = $(database glance)
[glance_store]
stores = file
default_store = file
filesystem_store_datadir = $state/images
[paste_deploy]
flavor = keystone
config_file = /etc/glance/glance-api-paste.ini
$(tokens_of_others glance)
$common
X

cat >"$etc/neutron.conf" <<X
[DEFAULT]
host = lab
log_file = $log/neutron.log
state_path = $state/neutron
bind_host = 127.0.0.1
bind_port = $neutron
api_paste_config = /etc/neutron/api-paste.ini
transport_url = fake:///
core_plugin = ml2
service_plugins = router,port_forwarding
api_workers = 0
# Each connection that a client keeps open takes one of these, also while it is idle.
wsgi_default_pool_size = 1000
rpc_workers = 1
rpc_state_report_workers = 0
notify_nova_on_port_status_changes = true
notify_nova_on_port_data_changes = false
allow_overlapping_ips = true
dhcp_agent_notification = false
[agent]
root_helper =
[database]
connection = $(database neutron)
[quotas]
quota_floatingip = 50
quota_port = -1
quota_network = -1
quota_router = -1
quota_subnet = -1
quota_security_group = -1
quota_security_group_rule = -1
[nova]
$(client nova)
[placement]
$(client placement)
$(tokens_of_others neutron)
$common
X

cat >"$etc/ml2_conf.ini" <<X
[ml2]
type_drivers = flat,local
tenant_network_types = local
mechanism_drivers = anyport
extension_drivers = port_security
[ml2_type_flat]
flat_networks = public
X

cat >"$etc/nova.conf" <<X
[DEFAULT]
log_file = $log/nova.log
state_path = $state/nova
my_ip = 127.0.0.1
host = lab
transport_url = fake:///
compute_driver = fake.FakeDriver
allow_resize_to_same_host = true
enabled_apis = osapi_compute
osapi_compute_listen = 127.0.0.1
osapi_compute_listen_port = $nova
osapi_compute_workers = 1
service_down_time = 300
heal_instance_info_cache_interval = -1
report_interval = 10
[api]
auth_strategy = keystone
[wsgi]
api_paste_config = /etc/nova/api-paste.ini
[api_database]
connection = $(database nova_api)
[database]
connection = $(database nova_cell1)
[conductor]
workers = 1
[scheduler]
workers = 1
discover_hosts_in_cells_interval = 60
[vnc]
enabled = false
[glance]
endpoint_override = http://127.0.0.1:$glance
[neutron]
$(client neutron)
[placement]
$(client placement)
[service_user]
send_service_user_token = true
$(client nova)
$(tokens_of_others nova)
$common
X

cat >"$base/openrc" <<X
export OS_AUTH_URL=http://127.0.0.1:$keystone/v3 OS_USERNAME=admin OS_PASSWORD=$password OS_PROJECT_NAME=admin
export OS_USER_DOMAIN_ID=default OS_PROJECT_DOMAIN_ID=default OS_REGION_NAME=RegionOne
X
