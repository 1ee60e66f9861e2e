#!/usr/bin/env bash
# Stops what up.sh started; with --wipe, its folder goes too.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.sh"

# stop <name>: its process group, with time to end by itself
stop() {
  local file=$run/$1.pid process
  [ -f "$file" ] || return 0
  process=$(cat "$file")
  kill -TERM -- "-$process" 2>/dev/null
  for _ in $(seq 100); do kill -0 -- "-$process" 2>/dev/null || break; sleep 0.1; done
  kill -KILL -- "-$process" 2>/dev/null
  rm -f "$file"
}

for name in nova neutron glance placement keystone mysql; do stop $name; done
if [ "${1:-}" = --wipe ]; then rm -rf "$state" "$base/openrc" "$base/apt.log"; fi
