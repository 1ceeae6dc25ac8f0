#!/bin/sh
# No branch and no address depends on a secret: CBC padding and MAC, records as
# they are opened, the premaster secret in libtls and in keyd, comparisons,
# derivation of keys. And each of the leaks that are built in to be found is
# found.
set -eu
tool=$BUILD/tests/constant_time

command -v valgrind >/dev/null || { echo "valgrind is not installed"; exit 77; }
# A sanitizer's memory and valgrind's do not go together.
if nm "$tool" | grep -q __asan_init; then
	echo "not for a build with a sanitizer"
	exit 77
fi

# watched PART...: its words, and 9 where valgrind has an error to tell of.
watched() {
	valgrind --quiet --error-exitcode=9 --expensive-definedness-checks=yes \
	    --suppressions=tests/tools/constant_time.supp "$tool" "$@" 2>&1
}

clean=$("$tool" | grep -v '^leaky-')
leaky=$("$tool" | grep '^leaky-')
[ "$(echo "$clean" | wc -l)" -ge 6 ] && [ "$(echo "$leaky" | wc -l)" -ge 4 ]

# shellcheck disable=SC2086
if ! said=$(watched $clean); then
	echo "$said"
	exit 1
fi
for part in $clean; do
	echo "$said" | grep -q "^$part: done" || { echo "$part did not end"; exit 1; }
done

for part in $leaky; do
	status=0
	said=$(watched "$part") || status=$?
	if [ "$status" -ne 9 ] || ! echo "$said" | grep -qE 'depends on uninitialised value|Use of uninitialised value'; then
		echo "$part was not found out (exit $status):"
		echo "$said"
		exit 1
	fi
done

# Secrets are compared in secret.c, and in cbc.c, where the answer is secret too.
others=$(grep -rl 'CRYPTO_memcmp' libtls | grep -vE '^libtls/(crypto/secret|record/cbc)\.c$') || true
[ -z "$others" ] || { echo "compares by itself: $others"; exit 1; }
