#!/bin/sh
# Installs the Debian packages that building and testing need and that are
# missing; does nothing where all are there. Through sudo where not root. The
# services that some of them bring are neither started nor enabled.
# tests/packages.sh [PACKAGE...]: these as well.
set -eu
need='gcc libc6-dev make autoconf pkg-config binutils libssl-dev libevent-dev
libseccomp-dev libconfuse-dev libp11-kit-dev softhsm2 check linux-libc-dev openssl curl gnutls-bin libnss3-tools
cmake iproute2 procps python3 mandoc valgrind nghttp2-client'
need="$need $*"

missing=''
for package in $need; do
	status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || status=none
	[ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=''
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "packages are missing and there is no sudo; as root: apt-get install$missing" >&2
		exit 1
	}
	as_root=sudo
fi
echo "installing$missing" >&2
# What maintainers' scripts ask before they start a service; who has one of his
# own knows what he wants.
starts=/usr/sbin/policy-rc.d
if [ ! -e $starts ]; then
	trap '$as_root rm -f $starts' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' | $as_root tee $starts >/dev/null
	$as_root chmod 755 $starts
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
for service in nginx haproxy; do
	case " $missing " in
	*" $service "*) $as_root update-rc.d $service disable >/dev/null 2>&1 ;;
	esac
done
