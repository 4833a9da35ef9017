#!/usr/bin/env bash
# Install what the tests need: Debian's packages of a browser, Redis, strace and npm (without the right
# to, say how), and the packages of npm that shops have on their pages.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium > /dev/null || missing+=(chromium)
command -v redis-server > /dev/null || missing+=(redis-server)
command -v strace > /dev/null || missing+=(strace)
command -v npm > /dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
    command="apt-get update && apt-get install -y --no-install-recommends ${missing[*]} fonts-dejavu-core"
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
        echo "The tests need ${missing[*]}. Install them once: sudo bash -c '$command'" >&2
        exit 1
    fi
    echo "Installing ${missing[*]}" >&2
    export DEBIAN_FRONTEND=noninteractive
    # Packages start their service when installed, which the tests neither need nor want.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
        chmod +x /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    if ! bash -c "$command" > /dev/null; then
        echo "The tests need ${missing[*]}, which could not be installed: $command" >&2
        exit 1
    fi
fi

pages=tests/web/widget
if [ ! $pages/node_modules/.package-lock.json -nt $pages/package-lock.json ]; then
    if ! npm ci --prefix $pages --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null; then
        echo "The tests need the packages of $pages/package.json: npm ci --prefix $pages" >&2
        exit 1
    fi
    touch $pages/node_modules/.package-lock.json
fi
