//! For search engines: what they may read, and where all public channels are.

use std::fmt::Write as _;

use services::public::Listed;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
const SCHEMA: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
/// Entries that one file may have, by the protocol.
const ENTRIES: usize = 50_000;

/// `robots.txt`: invitations are nobody's to list.
pub(crate) fn robots(url: &str) -> String {
    format!(
        "User-agent: *\nDisallow: /+\nDisallow: /joinchat/\nDisallow: /api\nSitemap: {url}/sitemap.xml\n"
    )
}

/// The index: the newest chunks.
pub(crate) fn index(url: &str, chunks: std::ops::RangeInclusive<i64>) -> String {
    let mut out = format!("{HEAD}<sitemapindex xmlns=\"{SCHEMA}\">\n");
    for chunk in chunks.rev().take(ENTRIES) {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "<sitemap><loc>{url}/sitemap/{chunk}</loc></sitemap>");
    }
    out.push_str("</sitemapindex>\n");
    out
}

/// The channels of one chunk. Names are plain ASCII and need no escaping.
pub(crate) fn chunk(url: &str, channels: &[Listed]) -> String {
    let mut out = format!("{HEAD}<urlset xmlns=\"{SCHEMA}\">\n");
    for channel in channels {
        let folder = if channel.broadcast { "/s" } else { "" };
        let _ = writeln!(out, "<url><loc>{url}{folder}/{name}</loc></url>", name = channel.name);
    }
    out.push_str("</urlset>\n");
    out
}
