#!/bin/sh
# SPDX-License-Identifier: MIT
#
# setup.sh GOAL: sees to it that the programs for GOAL (demo, gdb or test) are there.
#
# When nothing is missing it says nothing and needs no network. Otherwise it says what is missing
# and why; on Debian and Ubuntu, as root or with sudo, it installs that; elsewhere it prints the
# command to type. tools/packages.txt lists the programs. All words go to standard error.
#
# Environment: TINE_SETUP=check    report only, install nothing
#              TINE_OS_RELEASE=F   read F instead of /etc/os-release (for tests)
#              CROSS=PREFIX        the kernel's compiler is PREFIXgcc
# Exit status: 0 all is there; 2 something is missing; 64 wrong use; 130 interrupted.
set -uf
LC_ALL=C
export LC_ALL

here=${0%/*}
[ "$here" != "$0" ] || here=.
newline='
'

say() {
    printf '%s\n' "$*" >&2
}

# version_of COMMAND: sets $version to the first number with a dot in what `COMMAND --version` says
# outside parentheses, or to nothing when the command does not run.
version_of() {
    version=''
    text=$("$1" --version 2>/dev/null) || return 0
    nested=no
    for word in ${text%%"$newline"*}; do
        case $word in "("*) nested=yes ;; esac
        if [ $nested = no ]; then
            case $word in
            [0-9]*.[0-9]*)
                version=${word%%[!0-9.]*}
                return 0
                ;;
            esac
        fi
        case $word in *")") nested=no ;; esac
    done
}

# version_at_least FOUND NEEDED: compares number by number; what FOUND lacks counts as 0.
version_at_least() {
    found=$1. needed=$2.
    while [ -n "$needed" ]; do
        have=${found%%.*}
        least=${needed%%.*}
        [ "${have:-0}" -le "$least" ] || return 0
        [ "${have:-0}" -ge "$least" ] || return 1
        found=${found#*.}
        needed=${needed#*.}
    done
}

# check_commands LIST: is one of the commands "NAME:LEAST,NAME,..." there? Sets $lack if not.
check_commands() {
    lack=''
    old_ifs=$IFS
    IFS=,
    # shellcheck disable=SC2086 # a list
    set -- $1
    IFS=$old_ifs
    for choice in "$@"; do
        name=${choice%%:*}
        least=${choice#"$name"}
        least=${least#:}
        lack="$lack${lack:+, or }$name${least:+ $least or newer}"
        command -v "$name" >/dev/null 2>&1 || continue
        [ -n "$least" ] || return 0
        version_of "$name"
        if [ -z "$version" ]; then
            lack="$lack (it is there but does not run)"
        elif version_at_least "$version" "$least"; then
            return 0
        else
            lack="$lack (found $version)"
        fi
    done
    return 1
}

check_qboot() {
    lack="qboot.rom in one of QEMU's folders"
    folders=$(qemu-system-x86_64 -L help 2>/dev/null) || return 1
    while IFS= read -r folder; do
        [ ! -e "$folder/qboot.rom" ] || return 0
    done <<EOF
$folders
EOF
    return 1
}

# The Python for the tests serves for everything else too, so one start of it answers both checks.
check_python() {
    lack='python3 3.9 or newer'
    [ "$goal" != test ] || check_pytest || lack='python3 3.9 or newer'
    [ "$pytest_found" = yes ] || "$here/python.sh" >/dev/null 2>&1
}

check_pytest() {
    lack='a Python with the modules pytest, xdist, pexpect and jsonschema'
    if [ "$pytest_found" = unknown ]; then
        pytest_found=no
        ! "$here/python.sh" test >/dev/null 2>&1 || pytest_found=yes
    fi
    [ $pytest_found = yes ]
}

check_gdb() {
    lack='a GDB that knows the x86-64'
    "$here/gdb.sh" --version >/dev/null 2>&1
}

check_libc() {
    lack='the headers of the C library'
    [ -e /usr/include/stdio.h ] || echo '#include <stdio.h>' | cc -E - >/dev/null 2>&1
}

# needed_here GOAL[@HOST]: is a tool of this goal needed for $goal on this host?
needed_here() {
    case $goal:${1%@*} in
    demo:demo | gdb:demo | gdb:gdb | test:*) ;;
    *) return 1 ;;
    esac
    case $1 in
    *@native) [ $host = native ] ;;
    *@cross) [ $host = cross ] ;;
    *@linux) [ "$kernel" = Linux ] ;;
    esac
}

# survey: sets $missing (a line for each tool), $packages (words) and $by_hand (words: tools that
# are missing and have no package here).
survey() {
    missing='' packages='' by_hand='' pytest_found=unknown
    while read -r tool for_goal commands debian fedora arch homebrew why <&3; do
        case $tool in '' | '#'*) continue ;; esac
        needed_here "$for_goal" || continue
        case $commands in
        @qboot) check_qboot ;;
        @python:*) check_python ;;
        @pytest) check_pytest ;;
        @gdb) check_gdb ;;
        @libc) check_libc ;;
        *)
            if [ "$tool" = compiler ] && [ -n "${CROSS:-}" ]; then commands=${CROSS}gcc:10; fi
            if [ "$tool" = binutils ] && [ -n "${CROSS:-}" ]; then commands=${CROSS}objcopy; fi
            check_commands "$commands"
            ;;
        esac && continue
        missing="$missing$newline    $lack: $why"
        case $system in
        debian) names=$debian ;;
        fedora) names=$fedora ;;
        arch) names=$arch ;;
        homebrew) names=$homebrew ;;
        *) names=- ;;
        esac
        if [ "$names" = - ]; then
            by_hand="$by_hand $tool"
        else
            packages="$packages,$names"
        fi
    done 3<"$here/packages.txt"
    unique_packages
}

# Makes words of $packages, each once.
unique_packages() {
    old_ifs=$IFS
    IFS=,
    # shellcheck disable=SC2086 # a list
    set -- $packages
    IFS=$old_ifs
    packages=''
    for name in "$@"; do
        case "$packages " in
        *" $name "*) ;;
        *) packages="$packages${name:+ $name}" ;;
        esac
    done
}

# Sets $system to debian, fedora, arch, homebrew or unknown; that is, whose package names to use.
find_system() {
    system=unknown
    if [ "$kernel" = Darwin ]; then
        system=homebrew
        return
    fi
    ids=''
    release=${TINE_OS_RELEASE:-/etc/os-release}
    if [ -r "$release" ]; then
        while IFS='=' read -r key value; do
            case $key in ID | ID_LIKE) ids="$ids $value" ;; esac
        done <"$release"
    fi
    case $ids in
    *debian* | *ubuntu*) system=debian ;;
    *fedora* | *rhel*) system=fedora ;;
    *arch*) system=arch ;;
    *) ! command -v brew >/dev/null 2>&1 || system=homebrew ;;
    esac
}

# Sets $as_root to what stands before a command that needs root's rights; fails without rights.
find_rights() {
    as_root=''
    [ "$(id -u)" != 0 ] || return 0
    command -v sudo >/dev/null 2>&1 || return 1
    as_root='sudo '
    # Sudo may ask for a password where somebody can answer.
    sudo -n true 2>/dev/null || { [ -t 0 ] && [ -t 2 ]; }
}

# Sets $install to the command that installs $packages here, without sudo.
find_install_command() {
    case $system in
    debian) install="apt-get install -y --no-install-recommends$packages" ;;
    fedora) install="dnf install -y$packages" ;;
    arch) install="pacman -S --needed$packages" ;;
    homebrew) install="brew install$packages" ;;
    esac
}

# give_up: says what to type, and stops.
give_up() {
    if [ -n "$packages" ]; then
        if [ "$(id -u)" = 0 ] || [ $system = homebrew ]; then
            say "Type this, then try again:$newline    $install"
        elif command -v sudo >/dev/null 2>&1; then
            say "Type this, then try again:$newline    sudo $install"
        else
            say "Have root do this (there is no sudo here), then try again:$newline    $install"
        fi
    fi
    [ -z "$by_hand" ] || say "No package is known here for:$by_hand. Install it by hand."
    exit 2
}

# run_apt COMMAND...: runs it with root's rights, without questions, waiting for another apt.
run_apt() {
    # shellcheck disable=SC2086 # $as_root is a word or nothing
    ${as_root}env DEBIAN_FRONTEND=noninteractive "$@" -o DPkg::Lock::Timeout=120 >&2
}

packages_known() {
    for name in $packages; do
        apt-cache show "$name" >/dev/null 2>&1 || return 1
    done
}

install_with_apt() {
    say "Installing: $as_root$install"
    updated=no
    if ! packages_known; then
        say "Fetching the package lists first: ${as_root}apt-get update"
        run_apt apt-get update || return 1
        updated=yes
    fi
    # shellcheck disable=SC2086 # words
    run_apt $install && return 0
    [ $updated = no ] || return 1
    say "That failed; fetching newer package lists: ${as_root}apt-get update"
    # shellcheck disable=SC2086 # words
    run_apt apt-get update && run_apt $install
}

case ${1:-} in
demo | gdb | test) goal=$1 ;;
*)
    say 'usage: tools/setup.sh demo|gdb|test'
    exit 64
    ;;
esac

trap 'say ""; say "Setting up was interrupted; it is safe to start again."; exit 130' INT TERM HUP

machine=$(uname -sm)
kernel=${machine%% *}
host=cross
case $machine in 'Linux x86_64' | 'Linux amd64') host=native ;; esac
find_system
survey
[ -n "$missing" ] || exit 0

say "Some programs are missing for \"$goal\":$missing"
find_install_command
[ "${TINE_SETUP:-}" != check ] || give_up
if [ $system != debian ] || [ -n "$by_hand" ] || ! find_rights; then
    give_up
fi
if ! install_with_apt; then
    say 'The installation failed; what apt said stands above.'
    give_up
fi

hash -r
survey
[ -n "$missing" ] || exit 0
say "These are still missing after the installation:$missing"
say "This system's packages may be too old; install a newer version by hand."
exit 2
