#!/usr/bin/env bash
# Asks our own Asterisk to stop, waits for it, removes the namespace. Does nothing when there is nothing to stop.
# usage: [PBX_ROOT=…] [NETNS=offhook-pbx] stop.sh
set -uo pipefail
cd "$(dirname "$0")"
. ./common.sh
need_root
if running; then
  asterisk_cli 'core stop now' >/dev/null
  for _ in $(seq 1 50); do running && sleep 0.1; done
  running && kill "$(cat "$INSTANCE/pid")" 2>/dev/null
  for _ in $(seq 1 50); do running && sleep 0.1; done
fi
rm -f "$INSTANCE/pid" "$INSTANCE/owner"
if [ -n "$NETNS" ]; then
  ip netns del "$NETNS" 2>/dev/null
else
  ip addr del 198.18.0.1/32 dev lo 2>/dev/null
fi
true
