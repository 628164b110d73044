# Shared by setup.sh, start.sh and stop.sh. Not run by itself.

# chroot, ip and debootstrap live there, and a user's PATH seldom does.
PATH=$PATH:/usr/sbin:/sbin

PBX_ROOT=${PBX_ROOT:-$HOME/.cache/offhook-pbx}
# The network namespace Asterisk lives in; NETNS="" means the machine's own loopback.
NETNS=${NETNS-offhook-pbx}
# Instances share the chroot, each with settings, sockets and logs of its own.
NAME=${NETNS:-loopback}

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  exit 1
}

need_root() {
  [ "$(id -u)" = 0 ] || fail "needs root (chroot, namespaces): run it with sudo, keeping PBX_ROOT=$PBX_ROOT"
}

asterisk_cli() {
  chroot "$PBX_ROOT" /usr/sbin/asterisk -C "/etc/offhook/$NAME/asterisk.conf" -rx "$1" 2>/dev/null
}

# Where this instance keeps its process id, its owner's and its output.
INSTANCE=$PBX_ROOT/var/lib/offhook/$NAME

running() {
  local pid
  pid=$(cat "$INSTANCE/pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null
}
