"""Who asks Google Analytics: a person who signed in to an app, or a service account with a key of its own.

Documentation: https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Final

import msgspec

from pipeline.errors import ConfigError
from pipeline.http import Grant, Session, Token
from pipeline.settings import Account, Secret
from pipeline.sources._google import granted, owner_token
from pipeline.sources.ga4.errors import judge

SCOPE: Final = "https://www.googleapis.com/auth/analytics.readonly"
# Whom an assertion is for: Google's own name of its endpoint, wherever this session finds it.
AUDIENCE: Final = "https://oauth2.googleapis.com/token"
_JWT_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE_SECONDS: Final = 3600


class _Key(msgspec.Struct):
    """What is needed of the file that Google makes for a service account. Shows nothing when printed."""

    client_email: str
    private_key: str
    private_key_id: str

    def __repr__(self) -> str:
        return "Key(…)"


def token(account: Account) -> Token:
    """The token of the account. ConfigError where its settings name nobody who may ask."""
    if (file := account.secrets.get("service_account")) is not None:
        return _service_token(account, file)
    found = owner_token(account, judge)
    if found is None:
        raise ConfigError(
            f"{account.platform} {account.id}: service_account is needed, or refresh_token with client_id and"
            " client_secret"
        )
    return found


def _service_token(account: Account, file: Secret) -> Token:
    key = _key(account, file)

    def renew(http: Session, _: Secret) -> Grant:
        signed = Secret(file.reference, _assertion(account, key, int(http.clock.now())))
        return granted(account, http, {"grant_type": _JWT_GRANT, "assertion": signed}, judge)

    # The key stays where the settings have it: of it only its name is kept beside the tokens.
    return Token(account, refresh=Secret(file.reference, f"service account key {key.private_key_id}"), renew=renew)


def _key(account: Account, file: Secret) -> _Key:
    try:
        return msgspec.json.decode(file.reveal(), type=_Key)
    except msgspec.MsgspecError:
        raise ConfigError(
            f"{account.platform} {account.id}: service_account is the JSON file of a key of a service account"
        ) from None


def _assertion(account: Account, key: _Key, now: int) -> str:
    """What the service account says of itself, signed with its key."""
    # Half a second that only a renewal needs.
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(key.private_key.encode(), password=None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, RSAPrivateKey):
        raise ConfigError(f"{account.platform} {account.id}: the private key of service_account cannot be read")
    head = {"alg": "RS256", "typ": "JWT", "kid": key.private_key_id}
    claims = {"iss": key.client_email, "scope": SCOPE, "aud": AUDIENCE, "iat": now, "exp": now + _LIFE_SECONDS}
    told = f"{_packed(msgspec.json.encode(head))}.{_packed(msgspec.json.encode(claims))}"
    return f"{told}.{_packed(private.sign(told.encode(), PKCS1v15(), SHA256()))}"


def _packed(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")
