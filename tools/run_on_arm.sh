#!/usr/bin/env bash
# Exists so that what runs on a 64-bit ARM board can be tried without one: an arm64 Debian in a folder, and QEMU.
set -euo pipefail

usage() {
    cat <<'HELP'
Runs a command on an emulated 64-bit ARM core, in a Debian 12 with Python 3.11 that the first call puts into FOLDER
(some 130 MB, from Debian's mirror).

  tools/run_on_arm.sh [--cpu NAME] FOLDER [COMMAND...]        without COMMAND: a shell

  --cpu NAME   cortex-a72 (Raspberry Pi 4: no dot product), cortex-a76 (Raspberry Pi 5: dot product), or max
               (everything QEMU knows, int8 matrix products too); default: cortex-a76

The command starts in /qingyin, which is this clone, as root of that Debian and with its network:

  tools/run_on_arm.sh /tmp/arm python3 -m venv /root/qingyin
  tools/run_on_arm.sh /tmp/arm /root/qingyin/bin/pip install dist/qingyin-0.1.0-py3-none-any.whl[cpu]
  tools/run_on_arm.sh --cpu cortex-a72 /tmp/arm /root/qingyin/bin/qingyin say "你好，世界！" -o hello.wav -v

Emulation computes as the real core does, bit for bit, and 15 to 30 times slower: times mean nothing. It needs Linux 6.7
or newer (an emulator registered for one user namespace, so that the computer itself is left as it is), root, and
  apt install mmdebstrap qemu-user-static
HELP
}

die() {
    printf 'run_on_arm.sh: %s\n' "$@" >&2
    exit 2
}

cpu=cortex-a76
while [ $# -gt 0 ]; do
    case "$1" in
    -h | --help) usage && exit 0 ;;
    --cpu) [ $# -gt 1 ] || die "--cpu needs a name; qemu-aarch64-static -cpu help lists them" && cpu="$2" && shift 2 ;;
    -*) die "unknown option $1; --help tells which there are" ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || die "which folder? --help explains"
folder="$1"
shift
[ $# -gt 0 ] || set -- bash

for program in mmdebstrap qemu-aarch64-static unshare; do
    command -v "$program" >/dev/null || die "$program is missing: apt install mmdebstrap qemu-user-static util-linux"
done
emulator=$(command -v qemu-aarch64-static)
clone=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$folder"
root=$(cd -- "$folder" && pwd)/root

if [ ! -d "$root" ]; then
    # "extract": packages are unpacked and not configured, so that nothing has to run while Debian is put together
    rm -rf "$root.part"
    mmdebstrap --quiet --arch=arm64 --variant=extract bookworm "$root.part" \
        --include=base-files,base-passwd,bash,coreutils,dash,findutils,grep,sed,python3-venv,libportaudio2
    mkdir -p "$root.part"/{dev,proc,root,qingyin,etc/ssl/certs}
    touch "$root.part"/etc/{hosts,resolv.conf}
    mv "$root.part" "$root"
fi

# All mounts, and the emulator's registration, belong to the namespaces and end with them. F: the kernel opens the
# emulator now, as it cannot be found by its path later.
# shellcheck disable=SC2016  # the inner shell expands
QEMU_CPU="$cpu" exec unshare --map-root-user --mount --pid --fork --kill-child bash -euc '
    root="$1" emulator="$2" clone="$3"
    shift 3
    binfmt=/proc/sys/fs/binfmt_misc
    mount -t proc none /proc
    mount -t binfmt_misc none "$binfmt" || { echo "run_on_arm.sh: Linux 6.7 or newer is needed" >&2 && exit 2; }
    header="\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
    mask="\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
    echo ":arm64:M::$header:$mask:$emulator:F" >"$binfmt/register"
    # no /sys: ONNX Runtime looks up the processor there and would find the one beneath QEMU (it crashed); without /sys
    # it asks the kernel, which is to say QEMU
    for path in /dev /proc /etc/hosts /etc/resolv.conf /etc/ssl/certs; do
        [ ! -e "$path" ] || mount --rbind "$path" "$root$path"
    done
    mount --rbind "$clone" "$root/qingyin"
    exec chroot "$root" /usr/bin/env -u PYTHONPATH -u TMPDIR HOME=/root PATH=/root/qingyin/bin:/usr/bin:/bin \
        LANG=C.UTF-8 bash -c "cd /qingyin && exec \"\$@\"" -- "$@"
' -- "$root" "$emulator" "$clone" "$@"
