"""What an S3 service says when it refuses, told to people.

Errors made here keep no error of the S3 libraries as their cause: a notebook
that shows tracebacks with variables would show keys.
"""

from __future__ import annotations

import errno
import re
from typing import Any

from bazaar_nb.errors import StoreError
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.options import StorageOptions

_KEYS = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b|X-Amz-[A-Za-z-]+=[^&\s\"']+")

_WRONG_KEYS = (
    "the access key or secret key is wrong",
    "check 'key' and 'secret' in storage_options, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
)
_DENIED = (
    "access denied",
    "ask the bucket's owner for the permission; without s3:ListBucket S3 says this of missing files too",
)
_EXPIRED = ("the session token has expired", "sign in again (`aws sso login`), or give a new token")
_BUSY = ("the service is busy or out of order", "try again later")

_REASONS = {
    "InvalidAccessKeyId": _WRONG_KEYS,
    "SignatureDoesNotMatch": _WRONG_KEYS,
    "AccessDenied": _DENIED,
    "AllAccessDisabled": _DENIED,
    "AccountProblem": _DENIED,
    "Forbidden": _DENIED,
    "403": _DENIED,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "InvalidToken": ("the session token is wrong", "give the 'token' that belongs to 'key' and 'secret'"),
    "RequestTimeTooSkewed": ("this machine's clock is wrong", "set it; S3 allows 15 minutes"),
    "InvalidObjectState": ("it is in an archive class", "restore it first, or use another storage_class"),
    "InvalidStorageClass": ("the service has no such storage class", "choose another 'storage_class'"),
    "EntityTooLarge": ("the file is larger than the service takes", "make the movie smaller"),
    "KeyTooLongError": ("the name is too long", "choose a root with a shorter prefix"),
    "QuotaExceeded": ("the quota is used up", "remove what is not needed, or ask for more"),
    "XMinioStorageFull": ("the service has no space left", "remove what is not needed"),
    "BadDigest": ("it arrived damaged", "try again"),
    "SlowDown": _BUSY,
    "ServiceUnavailable": _BUSY,
    "InternalError": _BUSY,
    "RequestTimeout": _BUSY,
    "500": _BUSY,
    "502": _BUSY,
    "503": _BUSY,
    "504": _BUSY,
}
_REFUSED = (_WRONG_KEYS, _DENIED, _EXPIRED)
_WRONG_REGION = {
    "PermanentRedirect",
    "301",
    "307",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
}
_NO_KEYS = {
    "NoCredentialsError": "no keys were found",
    "PartialCredentialsError": "a part of the keys is missing",
    "ProfileNotFound": "there is no such profile in ~/.aws",
    "CredentialRetrievalError": "the keys can't be got",
    "TokenRetrievalError": "the keys can't be got",
    "UnauthorizedSSOTokenError": "the sign-in has expired",
    "SSOTokenLoadError": "the sign-in has expired",
}


class MissingBucketError(StoreError, FileNotFoundError):
    """There is no such bucket."""


def error_code(error: BaseException) -> str:
    """Give the code with which the service refused; empty if it never answered."""
    response: Any = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def is_missing(error: BaseException) -> bool:
    """Tell whether the service says that there is no such object."""
    return error_code(error) in ("404", "NoSuchKey", "NotFound")


def bucket_fault(
    error: BaseException, action: str, location: str, options: StorageOptions, bucket: str
) -> StoreError:
    """Give the `StoreError` that tells a person what went wrong and what to do.

    Parameters
    ----------
    error : Exception
        Of botocore, or of the network below it.
    action : str
        What was tried, as a verb: ``"write to"``, ``"read"``.
    location : str
        What it was tried on, as an ``s3://`` URL.
    """
    where = options.endpoint or "AWS"
    code, kind = error_code(error), type(error).__name__
    what = f"can't {action} {location}"
    if code == "NoSuchBucket":
        message = f"{what}: there is no bucket {bucket!r} at {where}; create it, or check its name"
        return MissingBucketError(errno.ENXIO, message)
    if is_missing(error):
        return MissingObjectError(errno.ENOENT, f"{what}: it does not exist")
    if code in _WRONG_REGION:
        return StoreError(errno.EACCES, f"{what}: {_region(error)}")
    if kind in _NO_KEYS:
        advice = "set AWS_PROFILE or AWS_ACCESS_KEY_ID, run `aws sso login`, or give 'key' and 'secret'"
        return StoreError(errno.EACCES, f"{what}: {_NO_KEYS[kind]}; {advice}")
    if code in _REASONS:
        reason, advice = _REASONS[code]
        number = errno.EACCES if _REASONS[code] in _REFUSED else errno.EIO
        return StoreError(number, f"{what}: {reason} ({where} said {code}); {advice}")
    if code:
        said = getattr(error, "response", {}).get("Error", {}).get("Message", "")
        return StoreError(errno.EIO, f"{what}: {where} said {code}: {without_secrets(said, options)}")
    if kind in ("ParamValidationError", "InvalidEndpointBucketName", "InvalidRegionError"):
        return StoreError(errno.EINVAL, f"{what}: {without_secrets(str(error), options)}")
    return StoreError(
        errno.EIO,
        f"{what}: no answer from {where} ({kind}), tried {options.attempts} times; "
        "check the network and 'endpoint_url'",
    )


def without_secrets(text: str, options: StorageOptions) -> str:
    """Give a text without keys, tokens and signatures."""
    for secret in options.secrets():
        text = text.replace(secret, "***")
    return _KEYS.sub("***", text)[:500]


def _region(error: BaseException) -> str:
    response: Any = getattr(error, "response", {})
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    right = response.get("Error", {}).get("Region") or headers.get("x-amz-bucket-region")
    if right:
        return f"the bucket is in region {right}; give storage_options={{'region': {right!r}}}"
    return "the bucket is in another region; give its 'region' in storage_options"
