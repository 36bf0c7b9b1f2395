"""A `go` for the bootstrap's tests: it answers what is asked, 'builds' small scripts, notes each build, and fails as told.

What it does is in the file `behaviour` beside it: `ok`, `disk full` or `hang on PACKAGE`. Where it hangs, it says so in the pipe
`hanging`, and goes on when something comes out of the pipe `release`.
"""

SCRIPT = r"""#!/bin/sh
here=$(dirname "$0")
case "$1" in
version) echo "go version ${STAND_IN_GO_VERSION:-go1.26.8} linux/amd64"; exit ;;
env) echo "$here/caches"; echo "$here/caches"; exit ;;
list) printf 'a\nb\nc\n'; exit ;;
build) ;;
*) echo "stand-in go: unknown command $*" >&2; exit 64 ;;
esac
while [ $# -gt 1 ]; do [ "$1" = -o ] && output=$2; shift; done
package=$1
echo "go: downloading example.com/module v1.0.0" >&2
echo "example.com/one" >&2
printf 'half' > "$output"
case "$(cat "$here/behaviour")" in
"disk full") echo "write $output: no space left on device" >&2; exit 1 ;;
"hang on $package") echo hanging > "$here/hanging"; cat "$here/release" > /dev/null ;;
esac
printf '#!/bin/sh\necho "{}"\n' > "$output"
chmod +x "$output"
echo "$package" >> "$here/built"
"""
