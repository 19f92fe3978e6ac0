#!/bin/sh
# Prints the path of a Python that can run the site, or says what to install.
set -u

advise() {
  case "$(uname -s)" in
    Darwin) echo "  $1" >&2; echo "  Install it with: brew install python" >&2 ;;
    *) echo "  $1" >&2; echo "  Install it with: sudo apt install python3 python3-venv" >&2 ;;
  esac
  exit 1
}

for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
  found=$(command -v "$candidate" 2>/dev/null) || continue
  "$found" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
  if "$found" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$found"
    exit 0
  fi
  without_venv=$found
done

[ -n "${without_venv:-}" ] && advise "$without_venv lacks the module venv (ensurepip), which the site needs."
advise "Python 3.11 or newer was not found."
