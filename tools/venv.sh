# shellcheck shell=bash
# Makes the virtual environments for start_app.sh and run_tests.sh, so that both find Python, check it and complain alike.
# Sourced, not run. Everything said goes to stderr: stdout may be a sound stream.

die() {
    printf 'qingyin: %s\n' "$@" >&2
    exit 2
}

# Prints the name of the first Python that is new enough; $QINGYIN_PYTHON comes before the usual names.
find_python() {
    local candidate found=""
    for candidate in "${QINGYIN_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
        found="$found $candidate=$("$candidate" --version 2>&1 | head -n 1)"
    done
    die "Python 3.10 or newer is needed; found:${found:- none}." \
        "  Debian/Ubuntu: sudo apt install python3 python3-venv     Fedora: sudo dnf install python3" \
        "  macOS: brew install python     Or set QINGYIN_PYTHON to the interpreter to use."
}

check_python() {
    "$1" -c 'import sys; sys.exit(sys.maxsize < 2**32)' ||
        die "$1 is a 32-bit Python; ONNX Runtime is published for 64-bit systems only."
    "$1" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
        die "$1 has no venv module (or no ensurepip)." \
            "  Debian/Ubuntu: sudo apt install $("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" \
            "  elsewhere: install the full Python package of your system."
}

# pip_install VENV ARGUMENTS...
pip_install() {
    local folder="$1"
    shift
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >&2
}

# united HAD WANTED: both lists, such as a,b, as one.
united() {
    local all="$1" extra
    for extra in ${2//,/ }; do
        case ",$all," in
        *",$extra,"*) ;;
        *) all="${all:+$all,}$extra" ;;
        esac
    done
    printf '%s\n' "$all"
}

# ensure_venv ROOT FOLDER EXTRAS: an environment at ROOT/FOLDER with the clone at ROOT installed in it, editable.
# A stamp, written last, says what was installed from where; while it fits, this costs milliseconds.
ensure_venv() {
    local root="$1" folder="$1/$2" extras="$3" python stamp made="" had=""
    stamp="$root $(cd "$root" && cat pyproject.toml setup.cfg setup.py | cksum)"
    if [ -x "$folder/bin/python" ] && [ -f "$folder/qingyin-stamp" ]; then
        { IFS= read -r made && IFS= read -r had; } <"$folder/qingyin-stamp" || had=""
    fi
    extras=$(united "$had" "$extras") # what was there stays
    if [ "$made" = "$stamp" ] && [ "$extras" = "$had" ]; then
        return
    fi

    python=$(find_python)
    check_python "$python"
    echo "qingyin: setting up $2 (once; the next start is immediate) ..." >&2
    if [ "$made" != "$stamp" ]; then
        # --clear: a half-made or moved environment is not worth mending.
        "$python" -m venv --clear "$folder" >&2 ||
            die "could not make $folder: is the folder writable, and is there space on the disk?"
    fi
    rm -f "$folder/qingyin-stamp"
    # Editable installs by pyproject.toml need pip 21.3; Python 3.10 can come with an older one.
    if ! { pip_install "$folder" "pip>=22" && (cd "$root" && pip_install "$folder" --editable ".[$extras]"); }; then
        die "the installation stopped; pip's message above says why. The usual causes:" \
            "  - no network: packages are fetched once, at the first start;" \
            "  - \"No matching distribution\": ONNX Runtime is not published for this Python or this system" \
            "    (Alpine Linux, or a Python newer than it); set QINGYIN_PYTHON to another Python."
    fi
    printf '%s\n%s\n' "$stamp" "$extras" >"$folder/qingyin-stamp"
}
