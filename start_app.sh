#!/usr/bin/env bash
# From a fresh clone to speech in one command: makes .venv, installs the CPU runtime, runs `qingyin` with the arguments given.
set -euo pipefail

if [ $# -eq 0 ]; then
    cat <<'HELP'
Qingyin speaks Chinese on a CPU. The first command sets everything up; later ones start at once.

  bash start_app.sh say "今天天气真好，我们去公园走走吧。" -o hello.wav     one sentence into a file
  bash start_app.sh say "你好，世界！"                                 aloud, where there is a sound device
  bash start_app.sh say -f story.txt -o story.wav --speed 1.1        a text file, a little faster
  echo "你好" | bash start_app.sh say - -o hello.wav                   text from a pipe
  bash start_app.sh voices                                           the voices there are
  bash start_app.sh info                                             the models in use
  bash start_app.sh say --help                                       every option

File names are taken from the folder you are in.
HELP
    exit 0
fi

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/venv.sh
. "$root/tools/venv.sh"

ensure_venv "$root" .venv cpu,play
exec "$root/.venv/bin/qingyin" "$@"
