#!/usr/bin/env bash
# Resolve the dependencies of pyproject.toml into requirements/*.lock: `make lock`, or
# `make lock UPGRADE=1` for the newest releases. Needs a package index; nothing else does.
#
# Rasa and rasa-sdk declare Python < 3.11, so they are resolved alone, without their dependencies,
# as if on 3.10 (their wheels are pure Python and the same for every version).
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet uv

resolve() { # OUTPUT HEADING ARGUMENTS...: keeps the pins of OUTPUT unless UPGRADE is set
    local output=$1 heading=$2
    shift 2
    grep -v '^#' "requirements/$output" > "$tools/$output" || true
    "$tools/venv/bin/uv" pip compile --quiet ${UPGRADE:+--upgrade} --generate-hashes --no-header --no-annotate \
        --python-version 3.11 --output-file "$tools/$output" "$@" > /dev/null
    { echo "# $heading"; cat "$tools/$output"; } > "requirements/$output"
}

resolve run.lock "Made by \`make lock\` from pyproject.toml. Install with: pip install --no-deps --require-hashes" pyproject.toml
printf 'rasa==3.6.21\nrasa-sdk==3.6.2\n' |
    "$tools/venv/bin/uv" pip compile --quiet --generate-hashes --no-header --no-annotate --no-deps --python-version 3.10 - \
        >> requirements/run.lock
printf 'setuptools\nwheel\n' > "$tools/build.in"
resolve build.lock "Made by \`make lock\`: builds the few source packages of run.lock." -c requirements/run.lock "$tools/build.in"
resolve test.lock "Made by \`make lock\` from the group \"test\" of pyproject.toml." -c requirements/run.lock --group test
