#!/usr/bin/env bash
# Asks our own Asterisk to stop, waits for it, removes the namespace. Does nothing when there is nothing to stop.
# usage: [PBX_ROOT=…] [NETNS=offhook-pbx] [OWNER_PID=…] stop.sh
# OWNER_PID: who asks. An Asterisk that was started for another process that lives is left alone; without it, none is.
set -uo pipefail
cd "$(dirname "$0")"
. ./common.sh
need_root
if running && [ -n "${OWNER_PID:-}" ]; then
  other=$(cat "$INSTANCE/owner" 2>/dev/null || true)
  if [ -n "$other" ] && [ "$other" != "$OWNER_PID" ] && kill -0 "$other" 2>/dev/null; then exit 0; fi
fi
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
