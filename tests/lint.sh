#!/bin/sh
# Everything that can be said about the tree without running it. Each tool that
# is missing is named. CC and CPPFLAGS come from the Makefile.
# shellcheck disable=SC2317
set -u
bad=0
sources=$(git ls-files '*.c')
headers=$(git ls-files '*.h')
# Check's macros tell an analyzer nothing of what they have ruled out.
analyzed=$(git ls-files '*.c' ':!tests/unit')

have() {
	command -v "$1" >/dev/null && return 0
	echo "lint: $1 is not installed: not run"
	return 1
}

# step NAME COMMAND...: one line a tool, its words only when it has any.
step() {
	name=$1
	shift
	if said=$("$@" 2>&1) && [ -z "$said" ]; then
		echo "lint: $name: clean"
	else
		echo "lint: $name:"
		echo "$said"
		bad=1
	fi
}

format() {
	# shellcheck disable=SC2086
	for file in $sources $headers; do
		clang-format --dry-run -Werror "$file" >/dev/null 2>&1 || echo "$file"
	done
}

analyze() {
	# The flags hold quotes, as a shell reads them. What is stored at an index
	# that it does not know the analyzer takes for lost: leaks are LSan's.
	eval "set -- $CPPFLAGS"
	# <keyclient.h> is where it is installed; here it lies in ipc.
	echo "$analyzed" | xargs -P 2 -n 1 "$CC" "$@" -Iipc -std=c11 -O1 -fanalyzer -Wno-analyzer-malloc-leak -fdiagnostics-path-format=none -c -o /dev/null
}

# shellcheck disable=SC2086
check_c() {
	cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr \
	    --suppress=missingIncludeSystem --suppress=legacyUninitvar --suppress=funcArgOrderDifferent \
	    --error-exitcode=1 -I. -Ilibtls $analyzed
}

shells() {
	git ls-files '*.sh' '.ci/run' 'tests/bogo/run' | xargs shellcheck
}

# Prose has the arguments of most functions: those of the rest are all named.
documents() {
	mkdir -p build/doc
	(cat Doxyfile; echo EXTRACT_ALL = NO; echo GENERATE_HTML = NO; echo GENERATE_XML = YES) | doxygen -
}

! have clang-format || step clang-format format
! have cppcheck || step cppcheck check_c
if "$CC" -fanalyzer -fsyntax-only -x c /dev/null 2>/dev/null; then
	step "$CC -fanalyzer" analyze
else
	echo "lint: $CC has no -fanalyzer: not run"
fi
! have mandoc || step mandoc sh tests/static/manual.sh
! have doxygen || step doxygen documents
! have shellcheck || step shellcheck shells
exit $bad
