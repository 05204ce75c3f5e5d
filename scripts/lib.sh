# Shared by the scripts: where things are, and installing what is missing on Debian.
# SPDX-License-Identifier: Apache-2.0
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=${TUFF_BUILD:-$root/build}
cd "$root"

step() { printf '\n== %s\n' "$*"; }

# need PACKAGE ...: installs the Debian packages that are missing, and says so.
need() {
    missing=
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true) in
        *"ok installed") ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -z "$missing" ] && return 0
    command -v apt-get >/dev/null || { echo "missing, by their Debian names:$missing" >&2; exit 1; }
    root_by=
    [ "$(id -u)" = 0 ] || root_by=sudo
    [ -z "$root_by" ] || command -v sudo >/dev/null || { echo "missing; as root: apt-get install$missing" >&2; exit 1; }
    echo "installing:$missing"
    $root_by apt-get update -qq
    log=$(mktemp)
    # shellcheck disable=SC2086
    $root_by env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1 || { cat "$log"; rm -f "$log"; exit 1; }
    rm -f "$log"
}

build_packages='gcc libc6-dev cmake ninja-build pkg-config libhdf5-dev libjson-c-dev libzip-dev zlib1g-dev libpng-dev libjpeg62-turbo-dev'
test_packages='libcmocka-dev'

# configure_and_build DIR [CMAKE OPTION ...]: quiet where all is well, the whole log where it isn't.
configure_and_build() {
    [ -f "$1/build.ninja" ] || echo "(half a minute on two cores)"
    build_log=$(mktemp)
    cmake -S "$root" -G Ninja -B "$@" >"$build_log" 2>&1 && cmake --build "$1" >>"$build_log" 2>&1 || { cat "$build_log"; rm -f "$build_log"; exit 1; }
    rm -f "$build_log"
}

# quietly LINES COMMAND ...: the last lines of its output where all is well, all of it where it isn't.
quietly() {
    quiet_lines=$1
    shift
    quiet_log=$(mktemp)
    "$@" >"$quiet_log" 2>&1 || { cat "$quiet_log"; rm -f "$quiet_log"; exit 1; }
    tail -n "$quiet_lines" "$quiet_log"
    rm -f "$quiet_log"
}
