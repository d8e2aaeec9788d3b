"""A real WordPress with 250 posts and their comments, from its REST API to the marts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline import steps
from tests.integration.wordpress_site import Site, missing_tools, wordpress

NIGHT = date(2026, 11, 2)
POSTS = 250
BINNED = 3  # three comments, three days old

FILL = """
$first = strtotime('2026-11-02 10:00:00 UTC');
for ($i = 0; $i < 250; $i++) {
    $at = gmdate('Y-m-d H:i:s', $first - $i * 86400);
    $post = wp_insert_post(['post_title' => "Post $i", 'post_content' => 'text', 'post_status' => 'publish',
        'post_author' => 1, 'post_date_gmt' => $at, 'post_date' => get_date_from_gmt($at)]);
    for ($c = 0; $c < $i % 4; $c++) {
        $said = gmdate('Y-m-d H:i:s', $first - $i * 86400 + 600 * ($c + 1));
        wp_insert_comment(['comment_post_ID' => $post, 'comment_author' => 'A reader',
            'comment_author_email' => 'reader@example.org', 'comment_content' => 'well said',
            'comment_date_gmt' => $said, 'comment_date' => get_date_from_gmt($said),
            // every ninth waits for moderation: the public API does not show it, the count must not either
            'comment_approved' => ($i * 4 + $c) % 9 === 0 ? 0 : 1]);
    }
}
wp_insert_post(['post_title' => 'Draft', 'post_content' => 'x', 'post_status' => 'draft', 'post_author' => 1]);
echo 'filled';
"""

SETTINGS = """
brand = "Journal"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
language = "en"
history_days = 400

[paths]
landing = "landing"
warehouse = "warehouse.duckdb"
publication = "published"

[[sources.wordpress]]
id = "journal"
name = "Journal"
base = "{url}"
rest = "plain"
time_zone = "Europe/Paris"
"""

APPROVED = "select count(*) from wp_comments where comment_approved = '1'"
PUBLISHED = "select count(*) from wp_posts where post_type = 'post' and post_status = 'publish'"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    missing = missing_tools()
    if missing:
        pytest.skip(f"no WordPress here ({', '.join(missing)} missing) and apt could not install it: make servers")
    with wordpress(Path(tmp_path_factory.mktemp("wordpress"))) as running:
        assert running.php(FILL) == "filled"
        yield running


@pytest.fixture(scope="module")
def project(site: Site, tmp_path_factory: pytest.TempPathFactory) -> steps.Project:
    folder = Path(tmp_path_factory.mktemp("journal"))
    (folder / "vigie.toml").write_text(SETTINGS.format(url=site.url), encoding="utf-8")
    return steps.open_project(folder / "vigie.toml", {})


def night(project: steps.Project, days_later: int = 0) -> steps.Night:
    morning = datetime(2026, 11, 3 + days_later, 3, tzinfo=UTC)
    outcome = steps.run(project, NIGHT + timedelta(days=days_later), now=lambda: morning)
    assert outcome.error is None, outcome.error
    return outcome


def published(project: steps.Project, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project.settings.paths.publication / "vigie.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.mark.servers
def test_posts_and_comments_in_the_marts_equal_those_in_mariadb(site: Site, project: steps.Project) -> None:
    night(project)
    assert site.sql(PUBLISHED) == [[str(POSTS)]]
    approved = int(site.sql(APPROVED)[0][0])
    assert approved > 300
    assert published(project, "select count(*) from kpi.post") == [(POSTS,)]
    assert published(project, "select sum(posts_published)::int from kpi.account_daily") == [(POSTS,)]
    assert published(project, "select sum(comments)::int from kpi.account_daily") == [(approved,)]
    assert published(project, "select sum(comments)::int from kpi.post") == [(approved,)]


@pytest.mark.servers
def test_each_post_has_the_comments_and_the_day_that_mariadb_says(site: Site, project: steps.Project) -> None:
    night(project)
    # post_date is the site's own day: the account's reporting day
    wanted = site.sql(
        "select p.ID, date(p.post_date), sum(c.comment_approved = '1') from wp_posts p "
        "left join wp_comments c on c.comment_post_ID = p.ID "
        "where p.post_type = 'post' and p.post_status = 'publish' group by 1, 2"
    )
    found = published(project, "select post_id, published_day, comments from kpi.post")
    comments = {post: 0 if count == "NULL" else int(count) for post, _, count in wanted}
    assert {post: count for post, _, count in found} == comments
    assert {str(post): str(day) for post, day, _ in found} == {post: day for post, day, _ in wanted}


@pytest.mark.servers
def test_nobody_who_commented_is_kept(site: Site, project: steps.Project) -> None:
    night(project)
    settings = project.settings
    with duckdb.connect(str(settings.paths.warehouse), read_only=True) as con:
        tables = con.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall()
        for (table,) in tables:
            text = con.execute(f"select string_agg(t::varchar, '') from {table} t").fetchall()[0][0] or ""
            assert "reader@example.org" not in text
            assert "A reader" not in text


@pytest.mark.servers
def test_a_post_moved_to_the_bin_is_deleted_and_its_last_values_stay(site: Site, project: steps.Project) -> None:
    night(project)
    binned = site.sql(f"select ID from wp_posts where post_title = 'Post {BINNED}'")[0][0]
    before = published(project, f"select comments from kpi.post where post_id = '{binned}'")
    assert site.php(f"wp_trash_post({binned}); echo 'binned';") == "binned"
    night(project, days_later=1)
    after = published(project, f"select comments, deleted_at is not null from kpi.post where post_id = '{binned}'")
    assert after == [(*before[0], True)]
    assert published(project, "select count(*), count(deleted_at) from kpi.post") == [(POSTS, 1)]
