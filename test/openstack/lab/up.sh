#!/usr/bin/env bash
# Starts a real OpenStack (Keystone, Glance, Placement, Neutron and Nova as Debian bookworm packages them) on loopback.
# Needs root. Nova's hypervisor and Neutron's wiring are stand-ins, so no packet passes; everything else is the real
# thing. What it writes is in one folder; down.sh stops what this started.
#
#   up.sh           while another one is at it, this waits for that one's cloud
#   up.sh --check   says whether the packages can be had: ends with 3 where not
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.sh"
mkdir -p "$base"

# python3-sqlalchemy-ext is only recommended; without it most of the services' time goes into reading rows.
packages="python3-keystone python3-sqlalchemy-ext python3-placement placement-common python3-neutron neutron-common
  python3-nova nova-common python3-glance glance-common mariadb-server uwsgi-core uwsgi-plugin-python3 curl"
missing=$(for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
done)
# shellcheck disable=SC2086 # one word for each package
available() { command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --simulate $missing >/dev/null; }
if [ "${1:-}" = --check ]; then
  if [ -z "$missing" ] || { [ "$(id -u)" = 0 ] && available; }; then exit 0; fi
  echo "This machine cannot have an OpenStack: that takes root, and these packages of Debian bookworm: $missing"
  exit 3
fi

exec 9>"$base/lock"
flock 9
if curl -sf -o /dev/null -m 10 "http://127.0.0.1:$nova/" && curl -sf -o /dev/null -m 10 "http://127.0.0.1:$keystone/v3"; then
  echo "An OpenStack answers on 127.0.0.1:$keystone already."
  exit 0
fi
if [ -n "$missing" ]; then
  # The packages must not start services of their own; a policy that is there already says the same or more.
  policy=/usr/sbin/policy-rc.d
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy && trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $missing >"$base/apt.log" 2>&1
fi
. "$here/configuration.sh"

fresh=
if [ ! -d "$state/mysql" ]; then
  fresh=1
  mariadb-install-db --no-defaults --datadir="$state/mysql" --user=root --auth-root-authentication-method=normal \
    --skip-test-db >"$log/mysql-install.out" 2>&1
fi
start mysql mariadbd --no-defaults --user=root --datadir="$state/mysql" --socket="$run/mysql.sock" \
  --pid-file="$run/mysqld.real.pid" --skip-networking --skip-log-bin \
  --innodb-flush-log-at-trx-commit=0 --sync-binlog=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=128M \
  --innodb-log-file-size=32M --performance-schema=OFF --max-connections=400 --character-set-server=utf8mb3
for _ in $(seq 600); do $sql_client -e "SELECT 1" >/dev/null 2>&1 && break || sleep 0.1; done

if [ -n "$fresh" ]; then
  for name in keystone placement glance neutron nova_api nova_cell0 nova_cell1; do
    $sql_client -e "CREATE DATABASE $name CHARACTER SET utf8mb3"
  done
  (
    keystone-manage --config-file "$etc/keystone.conf" db_sync
    for keys in fernet_setup credential_setup; do
      keystone-manage --config-file "$etc/keystone.conf" $keys --keystone-user root --keystone-group root
    done
    url=http://127.0.0.1:$keystone/v3
    keystone-manage --config-file "$etc/keystone.conf" bootstrap --bootstrap-password $password \
      --bootstrap-region-id RegionOne --bootstrap-public-url "$url" --bootstrap-internal-url "$url" --bootstrap-admin-url "$url"
  ) >"$log/setup-keystone.out" 2>&1 &
  keystone_setup=$!
  neutron-db-manage --config-file "$etc/neutron.conf" --config-file "$etc/ml2_conf.ini" upgrade heads >"$log/setup-neutron.out" 2>&1 &
  neutron_setup=$!
  wait $keystone_setup
  placement-manage --config-file "$etc/placement.conf" db sync >"$log/setup-placement.out" 2>&1
  glance-manage --config-file "$etc/glance-api.conf" db_sync >"$log/setup-glance.out" 2>&1
  (
    nova-manage --config-file "$etc/nova.conf" api_db sync
    nova-manage --config-file "$etc/nova.conf" cell_v2 map_cell0 --database_connection "$(database nova_cell0)"
    nova-manage --config-file "$etc/nova.conf" db sync --local_cell
    nova-manage --config-file "$etc/nova.conf" cell_v2 create_cell --name cell1
    nova-manage --config-file "$etc/nova.conf" db sync
  ) >"$log/setup-nova.out" 2>&1
  wait $neutron_setup
fi

web="uwsgi --plugins-dir /usr/lib/uwsgi/plugins --plugin python3 --master --need-app --die-on-term --lazy-apps
  --enable-threads --thunder-lock --buffer-size 65535 --log-5xx --disable-logging --add-header Connection:close"
start keystone env OS_KEYSTONE_CONFIG_FILES="$etc/keystone.conf" $web --http-socket 127.0.0.1:$keystone \
  --processes 2 --threads 2 --wsgi-file /usr/bin/keystone-wsgi-public
start placement env OS_PLACEMENT_CONFIG_DIR="$etc" $web --http-socket 127.0.0.1:$placement \
  --processes 1 --threads 4 --wsgi-file /usr/bin/placement-api
start glance $python -m launch glance.cmd.api:main --config-file "$etc/glance-api.conf"
answers http://127.0.0.1:$keystone/v3
if [ -n "$fresh" ]; then $python "$here/python/seed.py" $prefix $password services; fi
start neutron $python -m network_api --config-file "$etc/neutron.conf" --config-file "$etc/ml2_conf.ini"
start nova $python -m compute_in_one --config-file "$etc/nova.conf" --log-file "$log/nova.log"
for port in $placement $glance $neutron $nova; do answers http://127.0.0.1:$port/; done
if [ -n "$fresh" ]; then
  for _ in $(seq 60); do
    nova-manage --config-file "$etc/nova.conf" cell_v2 discover_hosts >"$log/discover.out" 2>&1
    [ "$($sql_client -Nse 'select count(*) from nova_api.host_mappings')" -ge 1 ] && break
    sleep 1
  done
  $python "$here/python/seed.py" $prefix $password offers
fi
echo "OpenStack runs; its administrator: . $base/openrc"
