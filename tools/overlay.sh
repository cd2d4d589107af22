#!/bin/sh
# SPDX-License-Identifier: MIT
#
# overlay.sh OVERLAY PLAIN BUILD [PLAIN BUILD]...: prepares build folders for the files in OVERLAY.
#
# A build with an overlay differs from the plain one in few objects. So each folder BUILD begins as a
# copy of PLAIN, if that is there, and the objects of files that the overlay brings, or no longer
# brings, are removed. A header in the overlay may concern any object: then BUILD begins empty.
#
# Exit status: 0 ready; 1 there is no such overlay.
set -eu

overlay=$1
shift
[ -d "$overlay" ] || exit 1
list=$(cd "$overlay" && find . -type f | sort)

# prepare PLAIN BUILD
prepare() {
    if [ ! -d "$2" ] && [ -d "$1" ]; then
        case $list in
        *.h*) ;;
        *)
            mkdir -p "$2"
            cp -a "$1/." "$2/"
            rm -f "$2/overlay.list"
            ;;
        esac
    fi
    mkdir -p "$2"
    touch "$2/overlay.list"

    # Files in one of the two lists only: their objects come from another source now.
    printf '%s\n' "$list" | sort - "$2/overlay.list" | uniq -u | while IFS= read -r file; do
        object=${file#./}
        object=${object#solutions/}
        object=${object#labs/}
        object=${object%.*}
        find "$2" \( -path "*/$object.[od]" -o -path "*/$object.asm.[od]" \) -exec rm -f {} +
    done
    printf '%s\n' "$list" > "$2/overlay.list"
}

while [ $# -gt 1 ]; do
    prepare "$1" "$2"
    shift 2
done
