"""One connection to an S3 service, shared by all stores of a process that want the same.

Requests are made by s3fs's client in fsspec's thread. Retries are made here and
nowhere else: up to `StorageOptions.attempts` tries of a request that was
throttled, got no answer or hit a fault of the service, with random pauses that
grow from one to twenty seconds. botocore does that; what it leaves to its
callers is an answer that breaks off in its middle, and a body that arrives
damaged, which `_Client` tries again in the same way.

This is the only module that imports the S3 libraries, when it is first needed.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future, wait
from typing import Any, Generic, TypeVar

from bazaar_nb.errors import StoreError
from bazaar_nb.store.bucket_faults import bucket_fault, error_code
from bazaar_nb.store.options import StorageOptions

T = TypeVar("T")

_LONGEST_PAUSE_S = 20.0
_STOP_S = 10.0
"""How long a request that was interrupted may take to clean up behind itself."""

_DAMAGED = ("BadDigest", "XAmzContentSHA256Mismatch")

_lock = threading.Lock()
_connections: dict[tuple[int, StorageOptions], Connection] = {}


def connect(options: StorageOptions) -> Connection:
    """Give this process's connection for these options; nothing is sent yet."""
    with _lock:
        # A forked process can't use its parent's sockets, nor its thread.
        return _connections.setdefault((os.getpid(), options), Connection(options))


class Connection:
    """A client that speaks to one service with one set of keys."""

    def __init__(self, options: StorageOptions) -> None:
        self.options = options
        self._opening = threading.Lock()
        self._filesystem: Any = None

    def filesystem(self) -> Any:
        """Give the s3fs file system, made at the first call."""
        with self._opening:
            if self._filesystem is None:
                self._filesystem = _open(self.options)
            return self._filesystem

    def run(
        self, work: Callable[[Any], Awaitable[T]], action: str, location: Callable[[], str], bucket: str
    ) -> T:
        """Run a coroutine with the client, and wait for it.

        An interrupt stops it, after it has cleaned up.

        Parameters
        ----------
        work : function
            Takes the botocore client and gives what to wait for.
        action : str
            For messages: what is tried, as a verb.
        location : function
            For messages: gives what it is tried on.
        bucket : str

        Raises
        ------
        StoreError
            Whatever the service or the network said; and what `work` raises itself.
        """
        return self.begin(work, action, location, bucket).result()

    def begin(
        self, work: Callable[[Any], Awaitable[T]], action: str, location: Callable[[], str], bucket: str
    ) -> Request[T]:
        """Start what `run` does, and don't wait for it."""
        ended = threading.Event()

        async def whole() -> T:
            try:
                return await work(_Client(await filesystem.set_session(), self.options.attempts))
            finally:
                ended.set()

        def fault(error: BaseException) -> StoreError:
            if isinstance(error, CancelledError):
                return StoreError(f"can't {action} {location()}: this process is ending")
            return bucket_fault(error, action, location(), self.options, bucket)

        failure: StoreError
        try:
            filesystem = self.filesystem()
            return Request(asyncio.run_coroutine_threadsafe(whole(), filesystem.loop), ended, fault)
        except _faults() as error:
            failure = fault(error)
        raise failure


class Request(Generic[T]):
    """What was asked of a service; made by `Connection.begin`."""

    def __init__(
        self, future: Future[T], ended: threading.Event, fault: Callable[[BaseException], StoreError]
    ) -> None:
        self._future = future
        self._ended = ended
        self._fault = fault

    def done(self) -> bool:
        """Tell whether it has ended, well or badly."""
        return self._future.done()

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end, and tell whether it came."""
        return wait([self._future], timeout_s).not_done == set()

    def result(self) -> T:
        """Wait for the answer; an interrupt stops the request.

        Raises
        ------
        StoreError
            As `Connection.run` does.
        """
        fault: StoreError
        try:
            return self._future.result()
        except BaseException as error:
            self.cancel()
            if not isinstance(error, (*_faults(), CancelledError)):
                raise
            fault = self._fault(error)
        # Out here, so that the libraries' error, whose frames hold keys, is not its context.
        raise fault

    def cancel(self) -> None:
        """Stop it if it has not ended, and wait until it has cleaned up behind itself."""
        if not self._future.done():
            self._future.cancel()
            self._ended.wait(_STOP_S)


class _Client:
    """A botocore client that asks again when an answer breaks off, or when what it sent arrived damaged."""

    def __init__(self, client: Any, attempts: int) -> None:
        self._client = client
        self._attempts = attempts

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._client, name)

        async def call(**params: Any) -> Any:
            tried = 0
            body = params.get("Body")
            while True:
                if isinstance(body, io.IOBase):
                    body.seek(0)
                try:
                    return await method(**params)
                except Exception as error:
                    tried += 1
                    broken = isinstance(error, _broken_answers()) or error_code(error) in _DAMAGED
                    if tried == self._attempts or not broken:
                        raise
                await asyncio.sleep(random.random() * min(2 ** (tried - 1), _LONGEST_PAUSE_S))

        return method if name == "generate_presigned_url" else call


def _open(options: StorageOptions) -> Any:
    import s3fs

    endpoint = options.endpoint
    region = options.region
    if region is None and endpoint and not (os.environ.get("AWS_REGION") or options.profile):
        region = os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    addressing = options.addressing or ("path" if endpoint else "auto")
    filesystem = s3fs.S3FileSystem(
        endpoint_url=endpoint,
        key=options.key,
        secret=options.secret,
        token=options.token,
        client_kwargs={"region_name": region} if region else {},
        config_kwargs={
            "signature_version": "s3v4",
            "s3": {"addressing_style": addressing},
            "retries": {"mode": "standard", "total_max_attempts": options.attempts},
            "connect_timeout": options.connect_timeout_s,
            "read_timeout": options.read_timeout_s,
            "max_pool_connections": 2 * options.concurrency,
            # Not every service knows the newer checksums; uploads carry an MD5, which all do.
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        },
        s3_additional_kwargs=encryption(options),
        max_concurrency=options.concurrency,
        fixed_upload_size=True,
        use_listings_cache=False,
        skip_instance_cache=True,
        **({"profile": options.profile} if options.profile else {}),
    )
    filesystem.retries = (
        2  # for those who use it as a file system; s3fs would try each of our tries five times
    )
    return filesystem


def encryption(options: StorageOptions) -> dict[str, str]:
    """Give the parameters of a write that say how the service is to encrypt."""
    said = {"ServerSideEncryption": options.sse, "SSEKMSKeyId": options.sse_kms_key}
    return {name: value for name, value in said.items() if value}


def _faults() -> tuple[type[BaseException], ...]:
    """Give all that a request can end with when it goes wrong; faults of disks are not among them."""
    from aiohttp import ClientError as NetworkError
    from botocore.exceptions import BotoCoreError, ClientError

    return (ClientError, BotoCoreError, NetworkError, ConnectionError, TimeoutError)


def _broken_answers() -> tuple[type[BaseException], ...]:
    """Give what botocore does not try again: it has the answer's head then, and reads on."""
    from aiohttp import ClientError as NetworkError
    from botocore.exceptions import IncompleteReadError, ResponseStreamingError
    from botocore.parsers import ResponseParserError

    return (NetworkError, IncompleteReadError, ResponseStreamingError, ResponseParserError)


def body_faults() -> tuple[type[BaseException], ...]:
    """Give what an answer that breaks off in its middle looks like."""
    from aiohttp import ClientError as NetworkError
    from botocore.exceptions import HTTPClientError, IncompleteReadError, ResponseStreamingError

    return (HTTPClientError, IncompleteReadError, ResponseStreamingError, NetworkError, OSError)
