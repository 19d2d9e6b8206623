"""Exists to try what the HTTP API makes of any request that its own OpenAPI description allows or forbids:
`python tools/fuzz_api.py [ARGUMENTS OF schemathesis run]`.

The server is one of its own, with a user's folder that is thrown away (the requests delete voices and jobs) and short
texts. Exit code 1 if it ever answers with an error of its own (5xx), with a status or a body that is not described, or
takes what the description forbids. Wants schemathesis (pip install schemathesis), in this or another environment
(--schemathesis PATH).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import uvicorn

# `positive_data_acceptance` is left out: that a voice does not exist, or a text has nothing to speak, no schema can say
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method,allow_header_conformance"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schemathesis", default="schemathesis", metavar="PATH", help="the program")
    parser.add_argument("--models", metavar="FOLDER", help="default: those that are shipped")
    options, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["QINGYIN_HOME"] = home
        return fuzzed(options.schemathesis, options.models, Path(home), more)


def fuzzed(program: str, models: str | None, folder: Path, more: list[str]) -> int:
    """The exit code of schemathesis, run on a server that lives for it."""
    from qingyin.server.app import create_app
    from qingyin.server.engine import Engine
    from qingyin.server.limits import Limits

    limits = Limits(characters=60, job_characters=400, job_items=8, jobs=10_000, upload_seconds=10.0)
    app = create_app(Engine.load(models, limits=limits), folder / "jobs")
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                return 1
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        settings = folder / "schemathesis.toml"  # 413 is a refusal too
        settings.write_text('[checks.negative_data_rejection]\nexpected-statuses = ["4xx"]\n', encoding="utf-8")
        command = [program, "--config-file", str(settings), "run"]
        command += [f"http://127.0.0.1:{port}/openapi.json", "--checks", CHECKS, "--continue-on-failure"]
        return subprocess.run([*command, *more], check=False).returncode
    except FileNotFoundError:
        print(f"there is no program {program}: pip install schemathesis, or --schemathesis PATH", file=sys.stderr)
        return 2
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
