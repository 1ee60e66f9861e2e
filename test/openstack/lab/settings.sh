# Where the lab is and what its parts have in common; sourced by the other scripts. Everything listens on 127.0.0.1.
base=${OS_BASE:-${TMPDIR:-/tmp}/fairlead-openstack} # all that the lab writes goes here
prefix=${OS_PORT_PREFIX:-20}                         # first digits of every port: 20 makes Keystone's 20500
keystone=${prefix}500 nova=${prefix}874 neutron=${prefix}696 placement=${prefix}778 glance=${prefix}292
password=proto-secret # of everybody: nothing outside of this machine can ask
state=$base/state
etc=$state/etc log=$state/log run=$state/run
python=/usr/bin/python3 # Debian's, which has its packages
export PYTHONPATH=$here/python PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
sql_client="mariadb --no-defaults -uroot -S $run/mysql.sock"

# start <name> <command ...>: in the background, unless it runs
start() {
  local name=$1
  shift
  if [ -f "$run/$name.pid" ] && kill -0 "$(cat "$run/$name.pid")" 2>/dev/null; then return; fi
  setsid "$@" >>"$log/$name.out" 2>&1 </dev/null 9>&- & # 9: the lock of up.sh
  echo $! >"$run/$name.pid"
}

# answers <url>: waits until it does
answers() {
  local code
  for _ in $(seq 600); do
    code=$(curl -s -o /dev/null -m 20 -w '%{http_code}' "$1" || true)
    case $code in 2* | 3*) return 0 ;; esac
    sleep 0.2
  done
  echo "$1 does not answer ($code); the logs are in $log" >&2
  return 1
}
