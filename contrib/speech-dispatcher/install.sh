#!/usr/bin/env bash
# Makes Qingyin a voice of Speech Dispatcher for this user: `bash contrib/speech-dispatcher/install.sh`.
# It writes into ~/.local/libexec and ~/.config/speech-dispatcher only; --remove takes it away again.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data="${XDG_DATA_HOME:-$HOME/.local/share}"
modules="$data/../libexec/speech-dispatcher-modules" # where Speech Dispatcher looks, in these words
config="${XDG_CONFIG_HOME:-$HOME/.config}/speech-dispatcher"
line='LanguageDefaultModule "zh" "qingyin"'

if [[ "${1:-}" == "--remove" ]]; then
    rm -f "$modules/sd_qingyin" "$config/modules/qingyin.conf"
    [[ -f "$config/speechd.conf" ]] && sed -i "\\|^$line\$|d" "$config/speechd.conf"
    echo "Removed. Log out and in again, or end speech-dispatcher, for it to notice."
    exit 0
fi

program=$(command -v sd_qingyin || true)
[[ -z "$program" && -x "$here/../../.venv/bin/sd_qingyin" ]] && program="$here/../../.venv/bin/sd_qingyin"
if [[ -z "$program" ]]; then
    echo "sd_qingyin is not installed: run \`bash start_app.sh info\` in the clone first, or pip install '.[cpu]'" >&2
    exit 2
fi
if ! command -v speech-dispatcher >/dev/null; then
    echo "Speech Dispatcher is not installed; on Debian: apt install speech-dispatcher" >&2
    exit 2
fi

mkdir -p "$data"
mkdir -p "$modules" "$config/modules"
ln -sf "$(realpath "$program")" "$modules/sd_qingyin"
[[ -f "$config/modules/qingyin.conf" ]] || cp "$here/qingyin.conf" "$config/modules/qingyin.conf"
# The user's own file replaces the system's as a whole, so it begins as a copy of that.
if [[ ! -f "$config/speechd.conf" ]]; then
    cp -r /etc/speech-dispatcher/. "$config/"
fi
grep -qxF "$line" "$config/speechd.conf" || echo "$line" >> "$config/speechd.conf"
echo "Installed. Try: spd-say -o qingyin -l zh 你好"
