#!/bin/sh
# Sees to what pip can't install.
#
#   system-packages.sh use     what the package itself needs: libEGL and libGL, and Python's venv
#   system-packages.sh test    what only the tests need: ffprobe to judge the movies, Chromium to show the widgets,
#                              libatomic for the driver of Chromium, fonts of other scripts
#
# As root on Debian and its kin it installs what is missing. Elsewhere it prints the command that does, and
# fails if nothing works without it. PYTHON says which Python it is about.
set -eu

purpose=${1:?"use" or "test"}
python=${PYTHON:-python3}
# Packages by Debian's names: what nothing works without, and what is good to have.
needed=""
wanted=""

loads() {
    "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null
}

installed() {
    dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^.i'
}

case $purpose in
use)
    if [ "$(uname -s)" = Linux ]; then
        loads libEGL.so.1 || needed="$needed libegl1"
        loads libGL.so.1 || needed="$needed libgl1"
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian splits venv off, by version: python3-venv is that of its own Python.
        needed="$needed $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    ;;
test)
    command -v ffprobe >/dev/null || needed="$needed ffmpeg"
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        command -v google-chrome-stable >/dev/null || needed="$needed chromium"
    # The Node that Playwright's wheel brings is linked with it.
    [ "$(uname -s)" != Linux ] || loads libatomic.so.1 || needed="$needed libatomic1"
    if command -v dpkg-query >/dev/null; then
        # Without fontconfig's configuration no program finds the fonts.
        for package in fontconfig-config fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji; do
            installed "$package" || wanted="$wanted $package"
        done
    elif [ "$(uname -s)" = Linux ] && command -v fc-list >/dev/null; then
        for family in 'Noto Sans Arabic:fonts-noto-core' 'Noto Sans CJK SC:fonts-noto-cjk' \
            'Noto Color Emoji:fonts-noto-color-emoji'; do
            [ -n "$(fc-list "${family%%:*}")" ] || wanted="$wanted ${family##*:}"
        done
    fi
    ;;
*)
    echo "system-packages.sh: \"use\" or \"test\" is wanted, got \"$purpose\"" >&2
    exit 2
    ;;
esac

packages=$(echo $needed $wanted)
[ -n "$packages" ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing system packages: $packages"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    # shellcheck disable=SC2086  # a list of packages
    if apt-get update -qq >"$log" 2>&1 && apt-get install -y -qq --no-install-recommends $packages >"$log" 2>&1; then
        exit 0
    fi
    tail -n 5 "$log" >&2
    echo "apt-get could not install: $packages" >&2
    [ -z "$needed" ] || exit 1
    exit 0
fi

if command -v apt-get >/dev/null; then
    command="sudo apt-get update && sudo apt-get install -y --no-install-recommends $packages"
elif command -v dnf >/dev/null; then
    packages=$(echo "$packages" | sed -e 's/libegl1/libglvnd-egl/' -e 's/libgl1/libglvnd-glx/' \
        -e 's/ffmpeg/ffmpeg-free/' -e 's/libatomic1/libatomic/' -e 's/python[0-9.]*-venv/python3/' \
        -e 's/fonts-noto-core/google-noto-sans-arabic-fonts google-noto-sans-devanagari-fonts/' \
        -e 's/fonts-noto-cjk/google-noto-sans-cjk-fonts/' \
        -e 's/fonts-noto-color-emoji/google-noto-color-emoji-fonts/')
    command="sudo dnf install -y $packages"
elif command -v brew >/dev/null; then
    command="brew install $(echo "$packages" | sed -e 's/python[0-9.]*-venv/python3/')"
else
    command="install, by the names that your system has for them: $packages"
fi

if [ -n "$needed" ]; then
    echo "System packages are missing. Run this, then try again:" >&2
    echo "    $command" >&2
    exit 1
fi
echo "Tests that draw other scripts and emoji want fonts that are missing here. They come with:" >&2
echo "    $command" >&2
