#!/usr/bin/env bash
# Refuses a commit whose subject is longer than 72 characters; pre-commit calls it with the message's file.
set -euo pipefail
subject=$(grep -v '^#' "$1" | head -n 1)
if [ ${#subject} -gt 72 ]; then
    echo "The subject has ${#subject} characters, and 72 at most are shown everywhere: $subject" >&2
    exit 1
fi
