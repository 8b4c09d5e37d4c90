#!/bin/sh
# Runs `python3 -m infra.azure $1` with a Python that has the app's packages. HOOK_PYTHON names one.
set -eu
cd "$(dirname "$0")/../../.."
python=${HOOK_PYTHON:-.venv/bin/python}
has_packages='import sys; from importlib.util import find_spec; sys.exit(find_spec("msal") is None)'
if [ -z "${HOOK_PYTHON:-}" ] && ! { [ -x "$python" ] && "$python" -c "$has_packages"; }; then
    if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        echo "this needs Python 3.11 or newer as python3; then: azd hooks run $1" >&2
        exit 1
    fi
    echo "installing what requirements.txt names into .venv"
    python3 -m venv .venv
    "$python" -m pip install --quiet --disable-pip-version-check -r requirements.txt
fi
exec "$python" -m infra.azure "$1"
