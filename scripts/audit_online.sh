#!/usr/bin/env bash
# Ask the package index for the known vulnerabilities of all pins: `make audit ONLINE=1`.
#
# --strict: a package that the index tells nothing about is a failure, not a pass.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" --disable-pip-version-check install --quiet pip-audit
ignored=()
for id in $(.venv/bin/python scripts/audit.py --judged); do ignored+=(--ignore-vuln "$id"); done
for lock in requirements/*.lock; do
    "$tools/venv/bin/pip-audit" --strict --no-deps --disable-pip "${ignored[@]}" -r "$lock"
done
