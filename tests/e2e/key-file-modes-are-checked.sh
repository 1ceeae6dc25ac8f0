#!/bin/sh
# keyd starts with a key file that its owner alone may touch, and refuses every
# other one in a line that names the file and why.
set -eu
. tests/e2e/lib/keyd.sh

# refused REASON: keyd -t and keyd itself say so, and nothing starts.
refused() {
	for option in -t ''; do
		# shellcheck disable=SC2086
		! timeout 10 "$BUILD/bin/keyd" $option -f "$dir/keyd.conf" 2>"$dir/said" ||
		    fail "keyd $option took a file: $1"
		grep -q "^$dir/demo.pem: .*$1" "$dir/said" || {
			cat "$dir/said"
			fail "keyd $option does not say: $1"
		}
		[ ! -e "$dir/keyd.sock" ] || fail "there is a socket"
	done
}

make_key demo p256
configure_demo
for mode in 640 644 604 620 660 601 610 666 777; do
	chmod $mode "$dir/demo.pem"
	refused "open to group or others"
done
chmod 600 "$dir/demo.pem"
mv "$dir/demo.pem" "$dir/real.pem"
refused "No such file"
ln -s real.pem "$dir/demo.pem"
refused "symbolic link"
rm "$dir/demo.pem"
mkdir -m 700 "$dir/demo.pem"
refused "not a regular file"
rmdir "$dir/demo.pem"
mkfifo -m 600 "$dir/demo.pem"
refused "not a regular file"
rm "$dir/demo.pem"
mv "$dir/real.pem" "$dir/demo.pem"
if [ "$(id -u)" -eq 0 ]; then
	chown 12345 "$dir/demo.pem"
	refused "owned by neither root nor keyd's account"
	chown 0 "$dir/demo.pem"
else
	echo "not root: a file of another owner was not tried"
fi
for mode in 400 600; do
	chmod $mode "$dir/demo.pem"
	"$BUILD/bin/keyd" -t -f "$dir/keyd.conf" || fail "mode $mode is refused"
	start_keyd
	ask sign "$dir/demo.pub" 1
	stop_keyd
done
