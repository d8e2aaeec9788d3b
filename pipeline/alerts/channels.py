"""Where an alert goes: a webhook that takes JSON, and e-mail over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import urlsplit

import requests

from pipeline.alerts.message import Message
from pipeline.settings import Alerts

PATIENCE = 15.0  # seconds; an alert must never hold up the night
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def configured(alerts: Alerts) -> list[str]:
    """The channels that the settings name, in the order in which they are tried."""
    return [name for name, has in (("webhook", alerts.webhook), ("email", alerts.smtp_host and alerts.mail_to)) if has]


def send(channel: str, alerts: Alerts, message: Message) -> str | None:
    """Send on one channel. Returns None when it was accepted, else why not, without any address or secret."""
    ways: dict[str, Callable[[Alerts, Message], str | None]] = {"webhook": _webhook, "email": _email}
    return ways[channel](alerts, message)


def _webhook(alerts: Alerts, message: Message) -> str | None:
    """POST ``{"text", "subject", "brand", "night", "state"}``: ``text`` is what chat services show."""
    if alerts.webhook is None:
        return "no webhook is configured"
    url = alerts.webhook.reveal()
    where = urlsplit(url)
    if where.scheme != "https" and where.hostname not in LOOPBACK:
        return "the webhook's address is not https"
    body = {
        "text": f"{message.subject}\n{message.text}",
        "subject": message.subject,
        "brand": message.brand,
        "night": message.night.isoformat(),
        "state": "broken" if message.broken else "over",
    }
    try:
        answer = requests.post(url, json=body, timeout=PATIENCE, allow_redirects=False)
    except requests.RequestException as error:
        return f"{where.hostname}: {type(error).__name__}"  # the message of the error holds the address
    return None if answer.ok and not answer.is_redirect else f"{where.hostname}: HTTP {answer.status_code}"


def _email(alerts: Alerts, message: Message) -> str | None:
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = alerts.mail_from or f"vigie@{alerts.smtp_host}"
    mail["To"] = ", ".join(alerts.mail_to)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    try:
        with smtplib.SMTP(str(alerts.smtp_host), alerts.smtp_port, timeout=PATIENCE) as server:
            if alerts.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if alerts.smtp_user and alerts.smtp_password:
                server.login(alerts.smtp_user, alerts.smtp_password.reveal())
            refused = server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        return f"{alerts.smtp_host}: {type(error).__name__}"
    return f"{alerts.smtp_host}: {len(refused)} of {len(alerts.mail_to)} refused" if refused else None
