#!/usr/bin/env bash
# Builds a Debian chroot with Asterisk in it: about 80 s and 430 MB, once. Needs root and debootstrap.
# usage: [PBX_ROOT=…] [PBX_VERSION=22|16] setup.sh [--check]    --check: only says by its exit code whether it is there
# 22 is Debian sid's, 16 Debian 11's. Both in one machine need a PBX_ROOT each.
set -euo pipefail
cd "$(dirname "$0")"
. ./common.sh
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

ready() { [ -e "$PBX_ROOT/.offhook-ready" ] && [ -x "$PBX_ROOT/usr/sbin/asterisk" ]; }
case ${PBX_VERSION:-22} in
  22) suite=sid ;;
  16) suite=bullseye ;;
  *) fail "no Asterisk $PBX_VERSION here: 22 or 16" ;;
esac
if [ "${1:-}" = --check ]; then ready && exit 0 || exit 1; fi
ready && exit 0
need_root
command -v debootstrap >/dev/null || fail 'debootstrap is missing: apt-get install debootstrap'

# Mounts made from here on (debootstrap's /proc) vanish with this process, however it ends.
if [ -z "${OFFHOOK_UNSHARED:-}" ]; then
  OFFHOOK_UNSHARED=1 exec unshare --mount -- "$PWD/$(basename "$0")" "$@" ||
    fail 'this machine does not allow mount namespaces (a container without CAP_SYS_ADMIN?)'
fi

# The Debian mirror this machine's apt uses already; debootstrap has a default of its own for other systems.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/\?$' || true)
part=$PBX_ROOT.part
rm -rf --one-file-system "$part"
mkdir -p "$(dirname "$part")"
echo "Debian base system into $part"
debootstrap --variant=minbase "$suite" "$part" ${mirror:+"$mirror"} ||
  fail 'debootstrap failed: see the lines above; is the Debian mirror reachable?'

# Nothing may start by itself inside.
printf '#!/bin/sh\nexit 101\n' >"$part/usr/sbin/policy-rc.d"
chmod +x "$part/usr/sbin/policy-rc.d"
for file in resolv.conf hosts; do cp -L "/etc/$file" "$part/etc/$file"; done
mountpoint -q "$part/proc" || mount -t proc proc "$part/proc"

options=(-q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3
  # A frozen mirror's Release file may be past Valid-Until: only the date is waived, signatures are still checked.
  -o Acquire::Check-Valid-Until=false)
proxy=$(apt-config shell proxy Acquire::http::Proxy 2>/dev/null || true)
if [ -n "$proxy" ]; then
  eval "$proxy"
  options+=(-o "Acquire::http::Proxy=$proxy")
fi
# Debian 11 has had changes of Asterisk 16 as security updates only; sid has no such suite.
if [ "$suite" = bullseye ]; then
  security=${mirror:-http://deb.debian.org/debian}
  security=${security%/}-security
  echo "deb $security bullseye-security main" >>"$part/etc/apt/sources.list"
fi
echo 'Asterisk into it'
chroot "$part" apt-get "${options[@]}" update
chroot "$part" apt-get "${options[@]}" install -y --no-install-recommends \
  -o Dpkg::Options::=--path-exclude='/usr/share/doc/*' \
  -o Dpkg::Options::=--path-exclude='/usr/share/man/*' asterisk ||
  fail 'Asterisk could not be installed: see the lines above'
chroot "$part" apt-get clean
rm -rf "$part"/var/lib/apt/lists/*
[ -e "$part/etc/asterisk/indications.conf" ] || fail 'Asterisk was installed without its settings'
: >"$part/etc/resolv.conf"
chroot "$part" /usr/sbin/asterisk -V >"$part/.offhook-ready"
umount "$part/proc"
rm -rf --one-file-system "$PBX_ROOT"
mv "$part" "$PBX_ROOT"
echo "$(cat "$PBX_ROOT/.offhook-ready") in $PBX_ROOT"
