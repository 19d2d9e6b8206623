#!/usr/bin/env bash
# From a fresh clone to speech in one command: makes .venv, installs what is needed, and runs `qingyin` with the
# arguments given. Without arguments, or with options only, it starts the page and the HTTP API.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/venv.sh
. "$root/tools/venv.sh"

case "${1:-}" in
help | -h | --help)
    cat <<'HELP'
Qingyin speaks Chinese on a CPU. The first command sets everything up; later ones start at once.

  bash start_app.sh                                                  the page, on http://127.0.0.1:7860
  bash start_app.sh --restart                                        the same, in place of the one that runs
  bash start_app.sh serve stop                                       ends it
  bash start_app.sh say "今天天气真好，我们去公园走走吧。" -o hello.wav     one sentence into a file
  bash start_app.sh say "你好，世界！"                                 aloud, where there is a sound device
  bash start_app.sh say -f story.txt -o story.wav --speed 1.1        a text file, a little faster
  echo "你好" | bash start_app.sh say - -o hello.wav                   text from a pipe
  bash start_app.sh voices                                           the voices there are
  bash start_app.sh info                                             the models in use
  bash start_app.sh say --help                                       every option of `say`
  bash start_app.sh serve --help                                     every option of the page and the HTTP API

File names are taken from the folder you are in.
HELP
    exit 0
    ;;
"" | --*) set -- serve "$@" ;;
esac

extras=cpu,play
if [ "$1" = serve ]; then
    extras=cpu,play,web
fi
# Two first starts at once would install into each other's half-made environment.
if command -v flock >/dev/null 2>&1 && { exec 9>>"$root/.venv.lock"; } 2>/dev/null; then
    flock --nonblock 9 || { echo "qingyin: another start is setting up; waiting for it ..." >&2 && flock 9; }
    ensure_venv "$root" .venv "$extras"
    exec 9>&-
else # macOS, or a folder that cannot be written to
    ensure_venv "$root" .venv "$extras"
fi
exec "$root/.venv/bin/qingyin" "$@"
