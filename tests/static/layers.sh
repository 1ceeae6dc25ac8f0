#!/bin/sh
# Fails an include that breaks the layers of DESIGN.md section 5, and a name
# used outside the one directory it belongs to. (A stranger has no policy/: the
# example that confines itself does it by itself.) tests/static/layers.sh [TREE]
#
# It first shows on a small tree of its own that each rule can fail.
set -eu

# One line "file:line: why" for each offence below the current directory.
offences() {
	find base libtls ipc admin keyd frontd policy examples -name '*.[ch]' 2>/dev/null | sort |
	    while read -r file; do awk -v file="$file" "$rules" "$file"; done
}

# shellcheck disable=SC2016
rules='
function rank_of(path,   i) {
	if (path ~ /^base\//)
		return 0
	for (i = 1; i <= layers; i++)
		if (index(path, "libtls/" layer[i] "/") == 1)
			return i
	return path ~ /^libtls\// ? layers + 1 : -1
}
function public(path) {
	return path ~ /^(libtls\/)?(s2n\.h|unstable\/[a-z0-9_]+\.h)$/
}
function offence(why) {
	print file ":" NR ": " why
}
BEGIN {
	layers = split("core crypto registry cert record session state extension handshake", layer, " ")
	mine = rank_of(file)
	outsider = file ~ /^(frontd\/|keyd\/|policy\/|ipc\/|admin\/|examples\/)/
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, part, "\"")
	path = part[2]
	if (path !~ /\// && !public(path))
		offence("\"" path "\" is not written from the root")
	else if (public(path))
		{ if (file ~ /^base\//) offence("base includes " path) }
	else if (outsider && path ~ /^libtls\//)
		offence(path " is not public: outside libtls only s2n.h and unstable/*.h are")
	else if (mine >= 0 && rank_of(path) < 0)
		offence((mine ? "libtls" : "base") " includes " path)
	else if (mine >= 0 && rank_of(path) > mine)
		offence(path " is a layer above")
	if (file ~ /^libtls\// && path == "base/log.h")
		offence("libtls never logs")
	if (file ~ /^examples\// && path !~ /^examples\// && !public(path))
		offence("an example knows the public interface alone, not " path)
	if (file ~ /^policy\// && path ~ /^(ipc|admin|keyd|frontd)\//)
		offence("policy includes " path)
	if (file ~ /^ipc\// && path ~ /^(admin|keyd|frontd)\//)
		offence("ipc includes " path)
	if (file ~ /^admin\// && (path ~ /^(keyd|frontd|policy)\// || public(path)))
		offence("admin knows neither daemon, nor TLS: not " path)
	if (path ~ /^admin\// && file ~ /^(keyd\/(keyd_[a-z0-9]+|request|signer)|frontd\/frontd_[a-z0-9]+)\.c/)
		offence("only masters are administered")
	if ((file ~ /^keyd\// && path ~ /^frontd\//) || (file ~ /^frontd\// && path ~ /^keyd\//))
		offence("keyd and frontd share ipc, admin and policy only, not " path)
}
/^[ \t]*#[ \t]*include[ \t]*<openssl\/(ssl|tls1|ssl3|dtls1)\.h>/ {
	offence("libssl is never used")
}
/^[ \t]*#[ \t]*include[ \t]*<(linux\/landlock|(linux\/)?seccomp)\.h>|SCMP_|PR_SET_SECCOMP|SYS_seccomp|SYS_landlock/ {
	if (file !~ /^policy\/|^examples\/echo\.c$/)
		offence("confinement is policy/ alone")
}
'

# plant FILE LINE: a file with this one line must be an offence.
plant() {
	mkdir -p "$(dirname "$1")"
	echo "$2" >"$1"
	[ -n "$(offences)" ] || { echo "the rule against this does not work: $1: $2"; exit 1; }
	rm "$1"
}

root=$PWD
probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
cd "$probe"
mkdir base libtls ipc admin keyd frontd policy examples
plant libtls/crypto/hkdf.c '#include "libtls/record/record.h"'
plant libtls/record/record.c '#include "libtls/config.h"'
plant libtls/core/errors.c '#include "base/log.h"'
plant libtls/core/errors.c '#include "ipc/channel.h"'
plant libtls/cert/chain.c '#include "chain.h"'
plant libtls/cert/chain.c '#include <openssl/ssl.h>'
plant base/reader.c '#include "libtls/s2n.h"'
plant base/reader.c '#include "libtls/core/errors.h"'
plant frontd/session.c '#include "libtls/handshake/handshake.h"'
plant frontd/session.c '#include "keyd/signer.h"'
plant frontd/worker.c '#include <seccomp.h>'
plant ipc/keyclient.c '#include "libtls/connection.h"'
plant ipc/channel.c '#include "frontd/worker.h"'
plant ipc/channel.c '#include "admin/report.h"'
plant admin/admin.c '#include "keyd/fleet.h"'
plant admin/admin.c '#include "policy/policy.h"'
plant admin/report.c '#include "libtls/core/errors.h"'
plant admin/report.c '#include "libtls/s2n.h"'
plant keyd/keyd_signer.c '#include "admin/report.h"'
plant policy/policy.c '#include "keyd/keystore.h"'
plant keyd/keyd.c '	prctl(PR_SET_SECCOMP, 2, 0);'
plant examples/s2nc.c '#include "libtls/handshake/handshake.h"'
plant examples/s2nc.c '#include "base/reader.h"'
mkdir -p libtls/record
printf '#include "libtls/crypto/aead.h"\n#include "libtls/s2n.h"\n#include <s2n.h>\n#include "base/slice.h"\n' \
    >libtls/record/record.c
[ -z "$(offences)" ] || { echo "a lawful include is refused:"; offences; exit 1; }

cd "$root/${1:-.}"
found=$(offences)
[ -z "$found" ] || { echo "$found"; exit 1; }
