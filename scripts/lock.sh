#!/usr/bin/env bash
# Remakes requirements.lock and requirements-test.lock: `make lock`. Needs the network and a package index; nothing else does.
#
# Rasa and rasa-sdk declare Python < 3.11, so they are resolved alone, without their dependencies, as if on 3.10 (their wheels
# are pure Python and the same for every version); what they import is in requirements.in.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet uv
compile=("$tools/venv/bin/uv" pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate)

{
    echo "# Made by \`make lock\` from requirements.in. Install with: pip install --no-deps --require-hashes -r requirements.lock"
    "${compile[@]}" --python-version 3.11 requirements.in
    printf 'rasa==3.6.21\nrasa-sdk==3.6.2\n' | "${compile[@]}" --no-deps --python-version 3.10 -
} > "$tools/requirements.lock"
mv "$tools/requirements.lock" requirements.lock

{
    echo "# Made by \`make lock\`: what builds the few source packages of requirements.lock."
    printf 'setuptools\nwheel\n-c requirements.lock\n' | sed "s#-c #-c $PWD/#" | "${compile[@]}" --python-version 3.11 -
} > "$tools/requirements-build.lock"
mv "$tools/requirements-build.lock" requirements-build.lock

{
    echo "# Made by \`make lock\` from requirements-test.in."
    "${compile[@]}" --python-version 3.11 requirements-test.in
} > "$tools/requirements-test.lock"
mv "$tools/requirements-test.lock" requirements-test.lock
