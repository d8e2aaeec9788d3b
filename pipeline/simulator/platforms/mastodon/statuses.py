"""Accounts and statuses as the instance writes them."""

from __future__ import annotations

from datetime import date, datetime
from html import escape
from re import sub
from typing import Any

from pipeline.simulator.world.calendar import observed_at
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.mastodon import NUMBERS, Boost, Mastodon, id_of

HOME = "https://mer.example"
Row = dict[str, Any]


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def account_row(network: Mastodon, account: str, night: date) -> Row:
    """An account with its counters at that night."""
    name = account.partition("@")[0]
    stories = network.stories(account, night)
    return {
        "id": NUMBERS[account],
        "username": name,
        "acct": account,
        "display_name": name.replace("_", " ").title(),
        "locked": False,
        "bot": False,
        "discoverable": True,
        "indexable": False,
        "created_at": "2022-11-14T00:00:00.000Z",
        "note": "<p>Oilskins and bags.</p>",
        "url": f"{HOME}/@{account}",
        "uri": f"{HOME}/users/{name}",
        "avatar": f"{HOME}/avatars/{NUMBERS[account]}.png",
        "avatar_static": f"{HOME}/avatars/{NUMBERS[account]}.png",
        "header": f"{HOME}/headers/{NUMBERS[account]}.png",
        "header_static": f"{HOME}/headers/{NUMBERS[account]}.png",
        "group": False,
        "emojis": [],
        "fields": [],
        "followers_count": network.level(account, night),
        "following_count": 210,
        "statuses_count": 900 + len(stories),
        "last_status_at": stories[0].created.date().isoformat() if stories else None,
    }


def status_row(network: Mastodon, story: Story, night: date, by: Row) -> Row:
    """A post of the brand, ``by`` whom, with its counters at that night."""
    counters = network.counters(story, night)
    quotes = counters["shares"] // 5
    edited = story.edited if story.edited and story.edited <= observed_at(night) else None
    return _row(story, by) | {
        "content": content(story.text),
        "edited_at": written(edited) if edited else None,
        "url": f"{HOME}/@{story.account}/{id_of(story)}",
        "uri": f"{HOME}/users/{story.account}/statuses/{id_of(story)}",
        "replies_count": counters["comments"],
        "reblogs_count": counters["shares"] - quotes,
        "favourites_count": counters["reactions"],
        "quotes_count": quotes,
        "media_attachments": [_media(story)] if story.kind in {"image", "video"} else [],
        "poll": _poll(story) if story.kind == "poll" else None,
        "tags": [{"name": tag, "url": f"{HOME}/tags/{tag}"} for tag in story.hashtags],
    }


def response_row(network: Mastodon, response: Response, by: Row) -> Row:
    """What somebody answered; ``by`` is the brand's account under whose post it stands."""
    parent = next((r for r in network.responses(response.post) if r.serial == response.parent), None)
    answers = id_of(parent) if parent else id_of(response.post)
    mine = response.is_own
    author = response.post.account if mine else f"person{response.person}@elsewhere.example"
    row = _row(response, by) | {
        "in_reply_to_id": answers,
        "in_reply_to_account_id": NUMBERS[response.post.account] if parent is None or parent.is_own else "771",
        "content": content(response.text),
        "url": f"{HOME}/@{author}/{id_of(response)}",
        "uri": f"{HOME}/users/{author}/statuses/{id_of(response)}",
        "favourites_count": response.likes,
    }
    if not mine:
        person = str(990_000 + response.person)
        row["account"] = by | {
            "id": person,
            "username": f"person{response.person}",
            "acct": author,
            "display_name": author,
        }
    return row


def boost_row(boost: Boost, by: Row) -> Row:
    """A post of somebody else that the account passed on: it has no words of its own."""
    other = by | {"id": "42", "username": "harbour", "acct": "harbour@elsewhere.example", "display_name": "Harbour"}
    original = _blank(str(int(boost.id) - 1), boost.created, other)
    theirs = original | {"content": content("Beautiful evening."), "favourites_count": 900}
    return _blank(boost.id, boost.created, by) | {"reblog": theirs}


def content(text: str) -> str:
    """HTML as the instance makes it of a text: marked-up hashtags and links with hidden parts."""
    words = escape(text, quote=True)
    words = sub(
        r"https://(\S{0,30})(\S*)",
        r'<a href="https://\1\2" rel="nofollow noopener"><span class="invisible">https://</span>'
        r'<span class="ellipsis">\1</span><span class="invisible">\2</span></a>',
        words,
    )
    hashtag = r'\1<a href="https://mer.example/tags/\2" class="mention hashtag">#<span>\2</span></a>'
    words = sub(r"(^|\s)#(\w+)", hashtag, words)
    return "<p>" + words.replace("\n", "<br />") + "</p>"


def _row(thing: Story | Response, by: Row) -> Row:
    return _blank(id_of(thing), thing.created, by)


def _blank(number: str, created: datetime, by: Row) -> Row:
    """A status without words, of which nobody has taken notice."""
    return {
        "id": number,
        "created_at": written(created),
        "edited_at": None,
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "fr",
        "url": f"{HOME}/@{by['acct']}/{number}",
        "uri": f"{HOME}/users/{by['username']}/statuses/{number}",
        "content": "",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "quotes_count": 0,
        "reblog": None,
        "account": by,
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        "emojis": [],
        "card": None,
        "poll": None,
    }


def _poll(story: Story) -> Row:
    choices = [{"title": "Yes", "votes_count": 2}, {"title": "No", "votes_count": 1}]
    ends = {"expires_at": None, "expired": False, "multiple": False}
    return {"id": str(story.serial), **ends, "votes_count": 3, "voters_count": 3, "options": choices, "emojis": []}


def _media(story: Story) -> Row:
    url = f"{HOME}/media/{story.serial}"
    shown = {"url": url, "preview_url": url, "description": "A photo", "meta": {}}
    return {"id": str(story.serial), "type": story.kind, **shown}
