"""A small random world, read night by night into raw tables as a load leaves them.

A load keeps of each record what differs from its last observation, marks what vanished, and says from
which day on each table changed. Nights may be missed, fail, or come after later ones.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import duckdb

from pipeline.streams import Stream
from tests.models.warehouse import SOURCES

Record = dict[str, Any]
Answer = Mapping[str, list[Record]]
Account = tuple[str, str]

FIRST: Final = date(2026, 10, 20)
ACCOUNTS: Final[tuple[Account, ...]] = (
    ("facebook", "1"),
    ("facebook", "2"),
    ("wordpress", "journal"),
    ("matomo", "1"),
    ("woocommerce", "shop"),
    ("meta_ads", "ads"),
)
SITE: Final = "s.example"


def days(since: date, until: date) -> Iterator[date]:
    for n in range((until - since).days + 1):
        yield since + timedelta(days=n)


@dataclass
class World:
    """What the platforms would answer; every value follows from the seed."""

    seed: int

    def draw(self, *what: object) -> random.Random:
        return random.Random(f"{self.seed}/{what}")

    def answer(self, account: Account, since: date, night: date) -> dict[str, list[Record]]:
        platform, name = account
        told = dict(getattr(self, platform)(name, since, night))
        # now and then a night does not bring what another one brought
        refused = {each for each in ("comments", "page_insights") if self.draw(account, each, night).random() < 0.2}
        return {stream: records for stream, records in told.items() if stream not in refused}

    def facebook(self, account: str, since: date, night: date) -> Iterator[tuple[str, list[Record]]]:
        yield "page", [{"day": f"{night}", "id": account, "followers_count": 10}]
        if account == "1":
            yield "page_insights", [row for day in days(since, night) for row in self._insights(account, day, night)]
        yield "posts", [row for day in days(since, night) for row in self._facebook_posts(account, day, night)]

    def _insights(self, account: str, day: date, night: date) -> Iterator[Record]:
        age = (night - day).days
        names = (("page_follows", "day"), ("page_daily_follows_unique", "day"), ("page_daily_unfollows_unique", "day"))
        for name, period in (*names, ("page_media_view", "day"), ("page_total_media_view_unique", "week")):
            value = self.draw(account, name, day, min(age, 2)).randint(0, 40) + (1000 if name == "page_follows" else 0)
            if self.draw(account, name, "known", day).random() < 0.9:
                yield {
                    "name": name,
                    "period": period,
                    "end_time": f"{day + timedelta(1)}T07:00:00+0000",
                    "value": value,
                }

    def _facebook_posts(self, account: str, day: date, night: date) -> Iterator[Record]:
        for number in range(self.draw(account, "posts", day).choice((0, 0, 1, 2))):
            fate = self.draw(account, "fate", day, number)
            gone, back = fate.choice((99, 2, 5)), fate.choice((99, 6))
            age = (night - day).days
            if gone <= age < back:
                continue
            likes = sum(self.draw(account, "likes", day, number, n).randint(-1, 5) for n in range(age + 1))
            metrics = (
                [{"name": "post_media_view", "values": [{"value": 10 * (age + 1)}]}] if fate.random() < 0.8 else []
            )
            yield {
                "id": f"{account}_{day:%m%d}{number}",
                "message": "Voile #mer" if fate.random() < 0.7 else None,
                "created_time": f"{day}T{12 + number}:00:00+0000",
                "status_type": "added_photos",
                "reactions": {"summary": {"total_count": likes}},
                "comments": {"summary": {"total_count": age // 2}},
                "insights": {"data": metrics},
            }

    def meta_ads(self, account: str, since: date, night: date) -> Iterator[tuple[str, list[Record]]]:  # noqa: ARG002
        yield "insights", [row for day in days(since, night) for row in self._costs(day, night)]

    def _costs(self, day: date, night: date) -> Iterator[Record]:
        """A cost is restated the night after, and now and then taken back wholly."""
        for campaign, tags in (("1", ["utm_campaign=autumn"]), ("2", [])):
            fate = self.draw("cost", campaign, day)
            age, gone = (night - day).days, fate.choice((99, 99, 3))
            if fate.random() < 0.8 and age < gone:
                yield {
                    "url_tags": tags,
                    "campaign_id": campaign,
                    "campaign_name": "Retargeting",
                    "date_start": f"{day}",
                    "publisher_platform": "facebook",
                    "account_currency": "EUR",
                    "spend": f"{fate.randint(100, 900) - min(age, 1)}.5",
                    "impressions": "1000",
                }

    def wordpress(self, account: str, since: date, night: date) -> Iterator[tuple[str, list[Record]]]:  # noqa: ARG002
        posts = [day for day in days(since, night) if self.draw("wp post", day).random() < 0.4]
        yield "posts", [self._wordpress_post(day) for day in posts]
        yield "comments", [row for day in days(since, night) for row in self._comments(day, night)]
        yield (
            "stats_visits",
            [
                {
                    "day": f"{day}",
                    "views": self.draw("views", day, min((night - day).days, 1)).randint(0, 90),
                    "visitors": 5,
                }
                for day in days(since, night)
            ],
        )
        yield "stats_summary", [{"day": f"{night}", "followers": 100 + (night - FIRST).days}]
        if self.draw("stats_post", night).random() < 0.8:
            yield (
                "stats_post",
                [
                    {
                        "id": day.toordinal(),
                        "date": f"{day}T10:00:00",
                        "views": (night - day).days // 2,
                        "like_count": 1,
                    }
                    for day in posts
                ],
            )

    def _wordpress_post(self, day: date) -> Record:
        return {
            "id": day.toordinal(),
            "date": f"{day}T10:00:00",
            "date_gmt": f"{day}T08:00:00",
            "title": {"rendered": "Brise"},
            "type": "post",
            "author": 3,
        }

    def _comments(self, day: date, night: date) -> Iterator[Record]:
        """Of several on a day the last may be an answer of the house to what was written some days before."""
        for number in range(self.draw("comments", day).choice((0, 1, 3))):
            fate, who = self.draw("comment", day, number), self.draw("who", day, number)
            own, asked = number > 0, day - timedelta(days=who.choice((0, 0, 1, 4)))
            if (night - day).days < fate.choice((99, 99, 1, 4)):
                about = (asked, 0) if own else (day, number)
                post = about[0] - timedelta(days=self.draw("about", *about).randint(0, 6))
                yield {
                    "id": day.toordinal() * 10 + number,
                    "post": post.toordinal(),
                    "parent": asked.toordinal() * 10 if own else 0,
                    "person": who.choice(("ann", "bob", None)),
                    "own": own,
                    "own_author": who.choice((3, 4)) if own else None,
                    "date": f"{day}T20:00:00",
                    "date_gmt": f"{day}T18:00:00",
                    "status": fate.choice(("approved", "approved", "hold")),
                }

    def matomo(self, account: str, since: date, night: date) -> Iterator[tuple[str, list[Record]]]:  # noqa: ARG002
        reports: dict[str, list[Record]] = {name: [] for name in ("visits", "referrer_types", "socials", "campaigns")}
        for day in days(since, night):
            draw = self.draw("visits", day, min((night - day).days, 2))
            if draw.random() < 0.1:
                reports["visits"].append({"day": f"{day}"})
                continue
            social, campaign, direct = draw.randint(0, 9), draw.randint(0, 5), draw.randint(1, 30)
            goals = {"idgoal=1": {"nb_conversions": draw.randint(0, 2)}, "idgoal=7": {"nb_conversions": 1}}
            reports["visits"].append(row(day, None, social + campaign + direct, None))
            kinds = (("Direct Entry", 1, direct), ("Social Networks", 7, social), ("Campaigns", 6, campaign))
            reports["referrer_types"] += [row(day, name, n, goals) | {"referrer_type": kind} for name, kind, n in kinds]
            if social > 1:
                reports["socials"].append(row(day, draw.choice(("Facebook", "Mystery")), social - 1, goals))
            reports["campaigns"].append(row(day, draw.choice(("Autumn", "spring")), campaign, goals))
        yield from reports.items()
        yield "visit_log", [visit for day in days(since, night) for visit in self._visits(day, night)]

    def _visits(self, day: date, night: date) -> Iterator[Record]:
        """Single visits whose links name posts; now and then one is taken back."""
        for number in range(self.draw("log", day).choice((0, 1, 3))):
            fate = self.draw("visit", day, number)
            kind, post = fate.choice(("direct", "social", "campaign")), day - timedelta(days=fate.randint(0, 6))
            if (night - day).days < fate.choice((99, 99, 2)):
                yield {
                    "day": f"{day}",
                    "idVisit": f"{day:%m%d}{number}",
                    "visitor": str(fate.randint(1, 3)),
                    "started_at": f"{day}T{10 + number}:00:00Z",
                    "referrerType": kind,
                    "referrerName": "Facebook" if kind == "social" else None,
                    "campaignName": "Autumn" if kind == "campaign" else None,
                    "campaignContent": f"1_{post:%m%d}0",
                    "goals": ["1"] if fate.random() < 0.3 else [],
                    "orders": [{"orderId": str(day.toordinal() * 10 + number)}] if fate.random() < 0.5 else [],
                }

    def woocommerce(self, account: str, since: date, night: date) -> Iterator[tuple[str, list[Record]]]:  # noqa: ARG002
        born = days(FIRST - timedelta(days=40), night)
        orders = [order for day in born for order in self._orders(day, night)]
        yield "orders", [order for order in orders if f"{since}" <= order["date_modified_gmt"][:10] <= f"{night}"]

    def _orders(self, day: date, night: date) -> Iterator[Record]:
        for number in range(self.draw("orders", day).choice((0, 1, 2))):
            fate = self.draw("order", day, number)
            paid, refunded = day + timedelta(days=fate.choice((0, 0, 3))), day + timedelta(days=fate.choice((99, 5)))
            seen = [moment for moment in (day, paid, refunded) if moment <= night]
            post = day - timedelta(days=fate.randint(0, 12))
            meta = {"utm_source": fate.choice(("fb", "news")), "utm_content": f"1_{post:%m%d}0"}
            # A journey of one touch, for the most of them.
            meta |= {"session_start_time": f"{day} 22:30:00"} if number or day.toordinal() % 3 else {}
            yield {
                "id": day.toordinal() * 10 + number,
                "status": "completed" if paid <= night else "pending",
                "currency": fate.choice(("EUR", "EUR", "EUR", "USD")),
                "date_created_gmt": f"{day}T23:30:00",
                "date_modified_gmt": f"{max(seen)}T23:30:00",
                "date_paid_gmt": f"{paid}T23:40:00" if paid <= night else None,
                "total": "90.00",
                "refunds": [{"total": "-10.00"}] if refunded <= night else [],
                "meta_data": [{"key": f"_wc_order_attribution_{key}", "value": value} for key, value in meta.items()],
            }


def row(day: date, label: str | None, visits: int, goals: object) -> Record:
    known = {"day": f"{day}", "nb_visits": visits, "nb_uniq_visitors": visits, "bounce_count": visits // 3}
    return known | ({} if label is None else {"label": label, "goals": goals})


@dataclass
class Nights:
    """The warehouse's side: which units were read, and what each read left in the raw tables."""

    con: duckdb.DuckDBPyConnection
    world: World
    answers: dict[Account, dict[date, tuple[date, dict[str, list[Record]]]]] = field(default_factory=dict)
    known_days: dict[object, date] = field(default_factory=dict)

    def read(self, account: Account, night: date) -> dict[str, date]:
        """Load one unit; the earliest changed day of each raw table."""
        known = self.answers.setdefault(account, {})
        last = max((other for other in known if other < night), default=None)
        reach = SOURCES[account[0]].RESTATEMENT_DAYS
        since = night - timedelta(days=10) if last is None else min(night - timedelta(days=reach), last)
        known[night] = (since, self.world.answer(account, since, night))
        self._ledger(account, night, since)
        return dict(self._store(account))

    def fail(self, account: Account, night: date) -> None:
        for stream in SOURCES[account[0]].STREAMS:
            self._stream_night(account, night, stream.name, None, "SourceUnavailable")

    def _ledger(self, account: Account, night: date, since: date) -> None:
        self.con.execute(
            "insert into ops.ledger (platform, account, night, window_since, window_until, observed_at, state) "
            "values (?, ?, ?, ?, ?, cast(? as timestamp), 'passed')",
            [*account, night, since, night, seen_at(night)],
        )
        answer = self.answers[account][night][1]
        for stream in SOURCES[account[0]].STREAMS:
            records = answer.get(stream.name)
            self._stream_night(account, night, stream.name, records, None if records is not None else "absent")

    def _stream_night(
        self, account: Account, night: date, stream: str, records: list[Record] | None, reason: str | None
    ) -> None:
        self.con.execute(
            "delete from ops.stream_night where (platform, account, night, stream) = (?, ?, ?, ?)",
            [*account, night, stream],
        )
        self.con.execute(
            "insert into ops.stream_night (platform, account, night, stream, delivered, rows, reason, observed_at) "
            "values (?, ?, ?, ?, ?, ?, ?, cast(? as timestamp))",
            [*account, night, stream, records is not None, len(records or ()), reason, seen_at(night)],
        )

    def _store(self, account: Account) -> Iterator[tuple[str, date]]:
        for stream in SOURCES[account[0]].STREAMS:
            table = f"raw.{account[0]}_{stream.name}"
            columns = dict(self.con.execute(f"select column_name, column_type from (describe {table})").fetchall())
            shape = json.dumps([columns])
            text = json.dumps(list(self._observations(account, stream)), default=str)
            self.con.execute(f"create temp table old as select * from {table} where _account = ?", [account[1]])
            self.con.execute(
                f"create temp table new as select unnest(from_json(cast(? as json), '{shape}'), max_depth := 2)", [text]
            )
            self.con.execute(f"delete from {table} where _account = ?", [account[1]])
            self.con.execute(f"insert into {table} by name select * from new")
            moved = "(from old except all from new) union all (from new except all from old)"
            (day,) = self.con.execute(f"select min({stream.day}) from ({moved})").fetchall()[0]
            self.con.execute("drop table old; drop table new")
            if day is not None:
                yield table, day

    def _observations(self, account: Account, stream: Stream) -> Iterator[Record]:
        """The stored rows of a stream: what differed, and what vanished from the days that were read."""
        known: dict[tuple[object, ...], Record] = {}
        for night, (since, answer) in sorted(self.answers[account].items()):
            if stream.name not in answer:
                continue
            mark = {"_account": account[1], "_night": night, "_observed_at": seen_at(night), "_run_id": "r"}
            listed = {tuple(record[key] for key in stream.key): record for record in answer[stream.name]}
            for key, record in listed.items():
                if known.get(key) != record:
                    known[key] = record
                    yield record | mark | {"_absent": False}
            if stream.absence_means_deleted:
                for key in [key for key in known if key not in listed]:
                    if "vanished" not in known[key] and since <= self._day(stream, key, known[key]) <= night:
                        yield known[key] | mark | {"_absent": True}
                        known[key] = known[key] | {"vanished": True}

    def _day(self, stream: Stream, key: tuple[object, ...], record: Record) -> date:
        """The record's day by the stream's own expression; asked once, because no record here moves."""
        name = (tuple(stream.columns), key)
        if name not in self.known_days:
            self.known_days[name] = self._asked_day(stream, record)
        return self.known_days[name]

    def _asked_day(self, stream: Stream, record: Record) -> date:
        names = ", ".join(f'cast(? as varchar) as "{name}"' for name in record if name in stream.columns)
        values = [value for name, value in record.items() if name in stream.columns]
        texts = [json.dumps(value) if isinstance(value, dict | list) else value for value in values]
        (found,) = self.con.execute(f"select {stream.day} from (select {names})", texts).fetchall()[0]
        assert isinstance(found, date)
        return found


def seen_at(night: date) -> str:
    return f"{night + timedelta(days=1)} 03:00:00"
