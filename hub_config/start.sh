#!/bin/sh
# `make start`: install where everybody's processes can run it, then `couture start`.
# As root people get uids of their own, so that a checkout or a Python that is closed to others
# (below /root, say) will not do: then a copy is installed in $PLACE, with a Python that is open.
set -eu
cd "$(dirname "$0")/.."
PLACE=${COUTURE_INSTALL:-/opt/couture-workflow}
SOURCES="pyproject.toml hatch_build.py hub_config server_extension scheduler operators examples lab_extension/src lab_extension/style lab_extension/schema lab_extension/package.json"

# whether others may go through every folder on the way to $1 and use it
is_open() {
  at=$(readlink -f "$1")
  while [ "$at" != / ]; do
    case $(stat -c %A "$at") in *x | *t) ;; *) return 1 ;; esac
    at=$(dirname "$at")
  done
}

interpreter() {
  "$1" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'
}

python=$(interpreter "${PYTHON:-python3}")
if [ "$(id -u)" != 0 ] || { is_open . && is_open "$python"; }; then
  "${MAKE:-make}" --no-print-directory setup
  exec .venv/bin/couture start "$@"
fi

if ! is_open "$python"; then
  echo "$python is closed to other users; /usr/bin/python3 is used instead."
  python=/usr/bin/python3
  if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "It is missing, or older than 3.11, or without venv. Run: apt-get install python3 python3-venv"
    exit 1
  fi
fi
umask 022
if [ ! -x "$PLACE/venv/bin/python" ]; then
  echo "Making a virtual environment in $PLACE/venv"
  mkdir -p "$PLACE"
  "$python" -m venv "$PLACE/venv"
fi
# shellcheck disable=SC2086
if [ ! -e "$PLACE/.installed" ] || [ -n "$(find $SOURCES -newer "$PLACE/.installed" -type f \
  -not -path '*/__pycache__/*' -not -path '*/labextension/*' -print -quit)" ]; then
  echo "Installing Couture Workflow in $PLACE (a minute or two; again after each change)"
  touch "$PLACE/.installing"
  "$PLACE/venv/bin/python" -m pip install --quiet --disable-pip-version-check --progress-bar off .
  mv "$PLACE/.installing" "$PLACE/.installed"
fi
exec "$PLACE/venv/bin/couture" start "$@"
