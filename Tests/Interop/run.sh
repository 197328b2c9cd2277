#!/bin/bash
# Proves that cod retrieves what the reference writer wrote; see README.md. All arguments go to pytest.
#   Tests/Interop/run.sh                     against ${COD:-.build/debug/cod}
#   Tests/Interop/run.sh --store-only        makes the stores and checks them; needs no cod
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
environment=$repository/.venv-interop
python=${PYTHON:-python3}
export COD=${COD:-$repository/.build/debug/cod}
export PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
unset PYTHONPATH PYTHONHOME

fail() {
    echo "interop: $1" >&2
    exit 1
}

command -v "$python" > /dev/null || fail "there is no $python. On Debian: apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' ||
    fail "the reference writer needs Python 3.11, 3.12 or 3.13; $python is $("$python" --version). Name another with PYTHON."
"$python" -c 'import ensurepip, venv' 2> /dev/null ||
    fail "$python cannot make virtual environments. On Debian: apt-get install python3-venv"

# The environment is kept. The mark is written last, and names what it was made of: an environment that is not complete, or
# was made of something else, or was moved, is made anew.
mark=$environment/complete
made_of=$("$python" --version; echo "$environment"; cat "$here"/requirements*.txt)
if [[ ! -f $mark || $(cat "$mark") != "$made_of" ]]; then
    echo "interop: installing the reference writer into ${environment##*/}" >&2
    "$python" -m venv --clear "$environment"
    install=("$environment/bin/python" -m pip install --quiet --only-binary :all: --no-deps)
    "${install[@]}" --requirement "$here/requirements.txt" ||
        fail "the packages of requirements.txt could not be installed; pip says why above."
    "${install[@]}" --target "$environment/first-generation" --requirement "$here/requirements-first-generation.txt" ||
        fail "the packages of requirements-first-generation.txt could not be installed; pip says why above."
    echo "$made_of" > "$mark"
fi

exec "$environment/bin/python" -m pytest -c "$here/pytest.ini" --rootdir "$here" "$here" "$@"
