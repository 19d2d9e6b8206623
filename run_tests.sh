#!/usr/bin/env bash
# Every check of the project from a fresh clone: makes .venv-dev, then ruff, mypy and pytest. Arguments go to pytest.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/venv.sh
. "$root/tools/venv.sh"

ensure_venv "$root" .venv-dev cpu,play,picture,export,web,wyoming,test
cd -- "$root"
python="$root/.venv-dev/bin/python"

# All three run even when the first complains: one round of mending instead of three.
failed=""
"$python" -m ruff check || failed="$failed ruff"
"$python" -m mypy || failed="$failed mypy"
"$python" -m pytest -q "$@" || failed="$failed pytest"

if [ -n "$failed" ]; then
    echo "FAILED:$failed" >&2
    exit 1
fi
echo "all checks passed" >&2
