#!/usr/bin/env bash
# Starts Asterisk from the chroot for at most MAX_SECONDS, in a network namespace that has only loopback, or
# with NETNS="" on this machine's own loopback, where a person's browser reaches it.
# usage: [PBX_ROOT=…] [NETNS=offhook-pbx] [OWNER_PID=…] start.sh [MAX_SECONDS]
#        then: ip netns exec $NETNS your-test;  stop.sh ends it
# OWNER_PID: the process it is started for. An Asterisk whose owner is gone is replaced, another one is left alone.
set -euo pipefail
cd "$(dirname "$0")"
. ./common.sh
max=${1:-900}
owner=${OWNER_PID:-$PPID}
need_root
./setup.sh --check || fail "no Asterisk in $PBX_ROOT: run tools/setup --pbx (for Asterisk 16: --pbx16)"

if running; then
  other=$(cat "$INSTANCE/owner" 2>/dev/null || true)
  if [ -n "$other" ] && [ "$other" != "$owner" ] && kill -0 "$other" 2>/dev/null; then
    fail "an Asterisk called $NAME is running for process $other: wait for it, or end it with stop.sh"
  fi
  ./stop.sh
fi

addresses=198.18.0.1
if [ -n "$NETNS" ]; then
  if ! ip netns list | awk '{print $1}' | grep -qFx "$NETNS"; then
    ip netns add "$NETNS" || fail 'this machine does not allow network namespaces (a container without CAP_SYS_ADMIN?)'
  fi
  ip -n "$NETNS" link set lo up
  # One address besides 127.0.0.1: Asterisk offers no ICE candidate of a loopback address, but lets this one be renamed.
  ip -n "$NETNS" addr replace 198.18.0.1/32 dev lo scope global
  within=(ip netns exec "$NETNS")
else
  for port in 8088 5038 5060; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      fail "port $port of 127.0.0.1 is taken, Asterisk needs it: is another PBX running?"
    fi
  done
  found=$(ip -4 -o addr show scope global 2>/dev/null | awk '{sub("/.*", "", $4); print $4}' | sort -u)
  if [ -n "$found" ]; then addresses=$found; else ip addr replace 198.18.0.1/32 dev lo scope global; fi
  within=()
fi

etc=$PBX_ROOT/etc/offhook/$NAME
spool=$PBX_ROOT/var/spool/offhook/$NAME
rm -rf "$etc" "$PBX_ROOT/run/offhook/$NAME" "$INSTANCE" "$PBX_ROOT/var/log/offhook/$NAME" "$spool"
mkdir -p "$etc" "$PBX_ROOT/run/offhook/$NAME" "$INSTANCE" "$PBX_ROOT/var/log/offhook/$NAME" "$PBX_ROOT/proc" \
  "$spool"/{meetme,monitor,outgoing,system,tmp,voicemail}
cp asterisk/*.conf ../../../hub/asterisk/hub_queue.conf "$PBX_ROOT/etc/asterisk/indications.conf" "$etc/"
# An old Asterisk filters events by a pattern, it knows no named parts.
if grep -q '^Asterisk 16' "$PBX_ROOT/.offhook-ready"; then
  sed -i 's/^eventfilter(action(exclude),name(TestEvent)) =.*/eventfilter = !Event: TestEvent/' "$etc/manager.conf"
fi
# Where a person answers, the PBX's own queues wait until his wrap-up has paused him (docs/operate.md, step 7).
if [ -z "$NETNS" ]; then sed -i 's/^wrapuptime = 0$/wrapuptime = 2/; s/^wrapuptime=0$/wrapuptime=2/' "$etc/queues.conf"; fi
# Debian 11 has VoiceMail in a package of its own: where it is missing, Record() takes the message into the same folder.
if ! compgen -G "$PBX_ROOT/usr/lib/asterisk/modules/app_voicemail.so" >/dev/null && ! compgen -G "$PBX_ROOT/usr/lib/*/asterisk/modules/app_voicemail.so" >/dev/null; then
  sed -i "s#VoiceMail(.*#Record(/var/spool/offhook/$NAME/voicemail/%d.wav,0,60,k)#" "$etc/hub_queue.conf"
fi
sed "s/@NAME@/$NAME/" asterisk/asterisk.conf.in >"$etc/asterisk.conf"
{
  cat asterisk/rtp.conf.in
  for address in $addresses; do echo "$address => 127.0.0.1"; done
} >"$etc/rtp.conf"

# Telephones that are nobody's: 3001 to 3200, which a load generator registers and drops all at once.
for extension in $(seq 3001 3200); do
  printf '[%s](plain-phone)\naors=%s\n[%s](agent-aor)\n' "$extension" "$extension" "$extension"
done >"$etc/pjsip_many.conf"

# Music on hold: ten seconds of a soft tone, so that a held caller hears something.
moh=$PBX_ROOT/var/lib/asterisk/moh-offhook
if [ ! -s "$moh/tone.sln" ]; then
  mkdir -p "$moh"
  # Under another name first: the next Asterisk may be started in the same moment.
  printf "$(LC_ALL=C awk 'BEGIN { for (i = 0; i < 80000; i++) { v = int(6000 * sin(6.2831853 * 350 * i / 8000))
    if (v < 0) v += 65536
    printf "\\%03o\\%03o", v % 256, int(v / 256) } }')" >"$moh/.tone.$$"
  mv "$moh/.tone.$$" "$moh/tone.sln"
fi

echo "$owner" >"$INSTANCE/owner"
# /proc is mounted in a mount namespace of its own: nothing is left to unmount, however Asterisk ends.
timeout -k 10 "$max" "${within[@]}" unshare --mount -- \
  sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" /usr/sbin/asterisk -f -C "/etc/offhook/$1/asterisk.conf"' \
  "$PBX_ROOT" "$NAME" >"$INSTANCE/out" 2>&1 </dev/null &
echo $! >"$INSTANCE/pid"
for _ in $(seq 1 200); do
  if asterisk_cli 'core waitfullybooted' | grep -q 'fully booted'; then
    echo up
    exit 0
  fi
  running || break
  sleep 0.1
done
tail -n 30 "$INSTANCE/out" >&2
./stop.sh
fail "Asterisk did not start: its last lines are above, the rest in $PBX_ROOT/var/log/offhook/$NAME"
