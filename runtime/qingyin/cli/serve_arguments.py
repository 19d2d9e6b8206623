"""Exists to keep the arguments of `qingyin serve`, which are many, out of the way of the others."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers understand it; `typing` takes longer to import than a daemon to answer
if TYPE_CHECKING:
    import argparse

SERVE_EXAMPLES = """\
examples:
  qingyin serve
  qingyin serve --port 8080 --restart
  qingyin serve status
  qingyin serve stop --port 8080
  qingyin serve --host 0.0.0.0 --token-file token.txt
  qingyin serve --wyoming tcp://127.0.0.1:10200
  curl http://127.0.0.1:7860/v1/audio/speech -H 'Content-Type: application/json' -d '{"input": "你好"}' -o hello.mp3

The page, where gradio is installed, and an HTTP API like OpenAI's: /docs of the server explains it. Nobody but this
machine can reach it, unless --host says otherwise; then it wants --auth, or --insecure. Clients send the secret as
`Authorization: Bearer TOKEN`, or as user and password. Behind a proxy, name what clients call it with --allow-host.
"""


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", nargs="?", choices=("start", "status", "stop"), default="start", help="default start"
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="to listen on; default 127.0.0.1")
    parser.add_argument("--port", type=int, default=7860, metavar="N", help="default 7860")
    parser.add_argument("--restart", action="store_true", help="replace the server that runs on the port")
    parser.add_argument(
        "--auth",
        metavar="TOKEN|USER:PASSWORD",
        help="what clients must know; others on this machine can see it here: better --token-file or $QINGYIN_AUTH",
    )
    parser.add_argument("--token-file", metavar="FILE", help="a file that holds it")
    parser.add_argument("--insecure", action="store_true", help="let everybody who reaches --host use it")
    parser.add_argument(
        "--allow-host", action="append", metavar="NAME", help="a host name that clients use, such as that of a proxy"
    )
    parser.add_argument(
        "--root-path", default="", metavar="PATH", help="under which a proxy shows the service, such as /speech"
    )
    parser.add_argument("--workers", type=int, metavar="N", help="threads that speak; default one a core")
    parser.add_argument(
        "--grace", type=float, default=10.0, metavar="SECONDS", help="for what runs when it is stopped; default 10"
    )
    parser.add_argument(
        "--wyoming", metavar="ADDRESS", help="also serve voice assistants (Home Assistant), on tcp://127.0.0.1:10200"
    )
    parser.add_argument("--no-page", action="store_true", help="the API only")
    parser.add_argument("--vocoder", metavar="NAME", help="one of those that `qingyin info` lists")
