#!/usr/bin/env bash
# Install the Debian packages that the tests need, a browser, Redis and strace; without the right to, say how.
set -euo pipefail

missing=()
command -v chromium > /dev/null || missing+=(chromium)
command -v redis-server > /dev/null || missing+=(redis-server)
command -v strace > /dev/null || missing+=(strace)
[ ${#missing[@]} -eq 0 ] && exit 0

command="apt-get update && apt-get install -y --no-install-recommends ${missing[*]} fonts-dejavu-core"
if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    echo "Installing ${missing[*]}" >&2
    export DEBIAN_FRONTEND=noninteractive
    # Packages start their service when installed, which the tests neither need nor want.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
        chmod +x /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    bash -c "$command" > /dev/null && exit 0
fi
echo "The tests need ${missing[*]}. Install them once: sudo bash -c '$command'" >&2
exit 1
