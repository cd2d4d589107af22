#!/bin/sh
# SPDX-License-Identifier: MIT
#
# overlay.sh OVERLAY PLAIN BUILD: prepares the build folder BUILD for the files in OVERLAY.
#
# A build with an overlay differs from the plain one in few objects. So BUILD begins as a copy of
# PLAIN, if that is there, and the objects of files that the overlay brings, or no longer brings,
# are removed. A header in the overlay may concern any object: then BUILD begins empty.
#
# Exit status: 0 ready; 1 there is no such overlay.
set -eu

overlay=$1
plain=$2
build=$3
[ -d "$overlay" ] || exit 1

list=$(cd "$overlay" && find . -type f | sort)
if [ ! -d "$build" ] && [ -d "$plain" ]; then
    case $list in
    *.h*) ;;
    *)
        mkdir -p "$build"
        cp -a "$plain/." "$build/"
        rm -f "$build/overlay.list"
        ;;
    esac
fi
mkdir -p "$build"
touch "$build/overlay.list"

# Files in one of the two lists only: their objects come from another source now.
printf '%s\n' "$list" | sort - "$build/overlay.list" | uniq -u | while IFS= read -r file; do
    object=${file#./}
    object=${object#solutions/}
    object=${object#labs/}
    object=${object%.*}
    find "$build" \( -path "*/$object.[od]" -o -path "*/$object.asm.[od]" \) -exec rm -f {} +
done
printf '%s\n' "$list" > "$build/overlay.list"
