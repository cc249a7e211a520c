#!/usr/bin/env python3
"""The public pages of channels, as readers meet them: written by a real client, read in Debian's Chromium with scripts forbidden,
in Arabic and English, on a phone and on a desk; looked through by axe; and asked over plain HTTP what must not be told.

    pages.py --binary HOOPOE --modules FOLDER [--shots FOLDER]
"""

from __future__ import annotations

import argparse
import http.client
import json
import pathlib
import re
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from telethon import functions, types  # noqa: E402

from chromium import Chromium, Page  # noqa: E402
from drivers import Server  # noqa: E402
from drivers.telethon_driver import Driver  # noqa: E402
from hoopoe import Hoopoe  # noqa: E402
from run import Table  # noqa: E402

DATA = pathlib.Path(__file__).parent.parent / "data"
PHONE, DESK = (360, 740), (1280, 900)
SECRET = "the butler did it"
WORDS = {
    "en": {"channel": "The Hoopoe Gazette", "about": "News of birds, every morning.\nhttps://birds.example/about", "first": "Good morning!",
           "text": f"Bold, italic, code and a link.\nThe end: {SECRET}, they say.\n\n#birds @{{name}}", "caption": "A test picture",
           "question": "Which bird?", "answers": ["Hoopoe", "Bulbul", "Stork"], "reply": "An answer to the morning"},
    "ar": {"channel": "جريدة الهدهد", "about": "أخبار الطيور كل صباح.", "first": "صباح الخير!",
           "text": f"غليظ ومائل وشيفرة ورابط.\nالنهاية: {SECRET} كما يقال.\n\n#طيور @{{name}}", "caption": "صورة للاختبار",
           "question": "أي طائر؟", "answers": ["الهدهد", "البلبل", "اللقلق"], "reply": "جواب على الصباح"},
}


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def marked(text: str, part: str, kind, **options):
    return kind(utf16(text[:text.index(part)]), utf16(part), **options)


class World:
    """What the author wrote, by kind."""

    def __init__(self, server: Server):
        self.author = Driver(server)
        self.author.sign_in("+15550900", "Author")
        self.posts: dict[str, dict[str, int]] = {}
        self.link = self.protected = ""

    def entities(self, language: str, text: str) -> list:
        bold, italic, code, link = {"en": ("Bold", "italic", "code", "a link"), "ar": ("غليظ", "ومائل", "وشيفرة", "ورابط")}[language]
        tag, mention = text.rsplit("\n", 1)[1].split(" ")
        return [marked(text, bold, types.MessageEntityBold), marked(text, italic, types.MessageEntityItalic), marked(text, code, types.MessageEntityCode),
                marked(text, link, types.MessageEntityTextUrl, url="https://birds.example/?a=1&b=2"), marked(text, SECRET, types.MessageEntitySpoiler),
                marked(text, tag, types.MessageEntityHashtag), marked(text, mention, types.MessageEntityMention)]

    def publish(self, language: str, name: str):
        author, words = self.author, WORDS[language]
        author.create_channel(name, words["channel"], name)
        peer, run, client = author.peers[name], author.run, author.client
        run(client(functions.messages.EditChatAboutRequest(peer, words["about"])))
        photo = run(client.upload_file(str(DATA / "photo.jpg")))
        run(client(functions.channels.EditPhotoRequest(peer, types.InputChatUploadedPhoto(file=photo))))
        posts = self.posts[name] = {}
        posts["first"] = author.send_text(name, words["first"])
        text = words["text"].replace("{name}", name)
        posts["text"] = run(client.send_message(peer, text, formatting_entities=self.entities(language, text), link_preview=False)).id
        posts["photo"] = author.send_file(name, str(DATA / "photo.jpg"), "photo", words["caption"])
        hidden = types.InputMediaUploadedPhoto(run(client.upload_file(str(DATA / "photo.jpg"))), spoiler=True)
        posts["hidden"] = run(client.send_file(peer, hidden)).id
        posts["album"] = run(client.send_file(peer, [str(DATA / "photo.jpg")] * 3, caption=[words["caption"], "", ""]), 240)[0].id
        for kind, file in (("video", "video.mp4"), ("audio", "audio.mp3"), ("voice", "voice.ogg"), ("file", "README.md")):
            posts[kind] = author.send_file(name, str(DATA / file), kind)
        posts["poll"] = author.send_poll(name, words["question"], words["answers"])
        author.vote(name, posts["poll"], 0)
        posts["reply"] = author.send_text(name, words["reply"], reply_to=posts["first"])
        author.react(name, posts["first"], "👍")
        for number in range(25):
            author.send_text(name, f"{words['caption']} {number}")

    def write(self):
        author = self.author
        self.publish("en", "gazette_en")
        self.publish("ar", "gazette_ar")
        posts = self.posts["gazette_en"]
        posts["forward"] = author.forward("gazette_ar", [self.posts["gazette_ar"]["text"]], "gazette_en")
        self.posts["gazette_ar"]["forward"] = author.forward("gazette_en", [posts["text"]], "gazette_ar")
        author.create_private("closed", "A closed circle")
        author.send_text("closed", "For the circle only")
        self.link = author.make_link("closed", "for friends").rsplit("+", 1)[1]
        author.create_channel("kept_words", "Kept words", "kept_words")
        self.posts["kept_words"] = {"text": author.send_text("kept_words", "Read it here only")}
        for kind, file in (("photo", "photo.jpg"), ("video", "video.mp4"), ("file", "README.md")):
            self.posts["kept_words"][kind] = author.send_file("kept_words", str(DATA / file), kind)
        author.protect("kept_words", True)
        author.create_channel("was_open", "Was open", "was_open")
        author.send_text("was_open", "Seen by all, once")
        author.run(author.client(functions.channels.UpdateUsernameRequest(author.peers["was_open"], "")))


class Web:
    """Plain HTTP on one connection."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path: str, method: str = "GET", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers=named)
        answer = self.connection.getresponse()
        body = answer.read()
        told = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "date"}
        return answer.status, told, body


class Readers:
    """The steps."""

    def __init__(self, hoopoe: Hoopoe, browser: Chromium, axe: str, world: World, shots: pathlib.Path | None):
        self.base, self.web = f"http://127.0.0.1:{hoopoe.port}", Web(hoopoe.port)
        self.browser, self.axe, self.world, self.shots = browser, axe, world, shots

    def addresses(self, name: str) -> dict[str, str]:
        posts = self.world.posts[name]
        return {"card": f"/{name}", "newest": f"/s/{name}", "oldest": f"/s/{name}?before={posts['reply'] + 1}",
                **{f"post-{kind}": f"/{name}/{number}" for kind, number in posts.items()}}

    def read(self, path: str, shot: str, language: str, size: tuple[int, int], dark: bool = False, status: int = 200):
        """Opens one address without scripts, and looks at what everybody must be able to rely on."""
        page = Page(self.browser, *size, language=language, script=False, dark=dark)
        try:
            assert page.goto(self.base + path) == status, path
            page.scroll_through()
            assert page.evaluate("document.scripts.length") == 0
            assert page.evaluate("document.documentElement.lang") == language
            assert page.evaluate("getComputedStyle(document.body).direction") == ("rtl" if language == "ar" else "ltr")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0], f"{path}: {wide} pixels on {size[0]}"
            broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth && !i.closest('details')).map(i => i.src)")
            assert not broken, broken
            if status == 200:
                assert not page.complaints(), page.complaints()
            # The marks on a player are the browser's own.
            elsewhere = [url for url, _ in page.responses() if not url.startswith((self.base, "data:"))]
            assert not elsewhere, elsewhere
            if self.shots:
                page.screenshot(self.shots / f"{shot}-{language}-{size[0]}{'-dark' if dark else ''}.png")
            page.call("Emulation.setScriptExecutionDisabled", value=False)
            page.evaluate(self.axe)
            found = page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations.map(v => ({id: v.id, nodes: v.nodes.map(n => n.html)})))")
            assert not found, f"{path}: {json.dumps(found, ensure_ascii=False)}"
        finally:
            page.close()

    def read_all(self, name: str, language: str, size: tuple[int, int]):
        for kind, path in self.addresses(name).items():
            self.read(path, f"{name}-{kind}", language, size)

    def in_the_dark(self):
        for name, language, size in (("gazette_ar", "ar", PHONE), ("gazette_en", "en", DESK)):
            for kind in ("card", "newest", "oldest"):
                self.read(self.addresses(name)[kind], f"{name}-{kind}", language, size, dark=True)

    def both_languages(self):
        """The visitor's language is not the channel's; and each page names the other one."""
        for name, language in (("gazette_en", "ar"), ("gazette_ar", "en")):
            self.read(f"/s/{name}", f"{name}-other", language, PHONE)
            html = self.web.get(f"/s/{name}")[2].decode()
            for tag in ("en", "ar", "x-default"):
                assert f'hreflang="{tag}"' in html, tag

    def others(self):
        """The pages beside those of posts."""
        for size in (PHONE, DESK):
            for language in ("en", "ar"):
                self.read(f"/+{self.world.link}", "invitation", language, size)
                self.read("/never_was", "nothing", language, size, status=404)
                self.read("/s/kept_words", "protected", language, size)
        self.read("/", "newcomers", "en", DESK)
        self.read("/", "newcomers", "en", PHONE)

    def paging(self):
        """Following the links, a reader meets each post once."""
        for name in ("gazette_en", "gazette_ar"):
            path, seen = f"/s/{name}", []
            while path:
                html = self.web.get(path)[2].decode()
                seen += [int(number) for number in re.findall(r'<article class="post" id="p(\d+)"', html)]
                older = re.search(r'<a class="turn" rel="next" href="([^"]+)"', html)
                path = older.group(1).replace("&amp;", "&") if older else None
            assert seen == sorted(set(seen), reverse=True), seen
            assert set(self.world.posts[name].values()) <= set(seen), seen

    def media(self):
        """Films and sounds play, in ranges; pictures are decoded."""
        for name in ("gazette_en", "gazette_ar"):
            posts = self.world.posts[name]
            for kind, tag in (("video", "video"), ("audio", "audio"), ("voice", "audio")):
                page = Page(self.browser, *DESK)
                page.goto(f"{self.base}/{name}/{posts[kind]}")
                length = page.evaluate(f"""(async () => {{
                    const m = document.querySelector('{tag}');
                    const ended = new Promise((done, failed) => {{ m.onended = done; m.onerror = () => failed(m.error.message) }});
                    await m.play(); await ended; return m.currentTime }})()""")
                assert length > 0.5, (kind, length)
                ranges = [status for url, status in page.responses() if url.endswith("/file")]
                assert ranges and set(ranges) == {206}, (kind, page.responses())
                assert not page.complaints(), page.complaints()
                if kind == "video":
                    assert page.evaluate("document.querySelector('video').videoWidth") == 160
                page.close()
            path = f"/m/{name}/{posts['video']}/file"
            whole = self.web.get(path)[2]
            assert whole == (DATA / "video.mp4").read_bytes()
            status, told, part = self.web.get(path, Range="bytes=100-199")
            assert (status, part, told["content-range"]) == (206, whole[100:200], f"bytes 100-199/{len(whole)}")
            assert self.web.get(path, Range=f"bytes={len(whole)}-")[0] == 416
            status, told, body = self.web.get(path, method="HEAD")
            assert (status, told["content-length"], body) == (200, str(len(whole)), b"")

    def hidden(self):
        """A spoiler stays covered until it is touched, on the page; and is nowhere else."""
        for name in ("gazette_en", "gazette_ar"):
            number = self.world.posts[name]["text"]
            page = Page(self.browser, *DESK, script=False)
            page.goto(f"{self.base}/{name}/{number}")
            cover = "(s => getComputedStyle(s).color === 'rgba(0, 0, 0, 0)')(document.querySelector('.spoiler'))"
            assert page.evaluate(cover)
            page.evaluate("document.querySelector('.spoiler').focus()")
            assert not page.evaluate(cover)
            page.close()
            html = self.web.get(f"/{name}/{number}")[2].decode()
            assert SECRET not in html.split("<body")[0], "the head tells"
            assert html.count(SECRET) == 1
            for path in (f"/oembed.json?url={self.base}/{name}/{number}",):
                assert SECRET not in self.web.get(path)[2].decode(), path
            for path, title in ((f"/s/{name}/atom.xml", r"<title>(.*?)</title>"), (f"/s/{name}/feed.json", r'"title":\s*"(.*?)"')):
                feed = self.web.get(path)[2].decode()
                assert re.findall(title, feed) and SECRET not in feed, path

    def revalidation(self):
        """What was not changed is not sent again; what was, is."""
        name = "gazette_en"
        paths = [f"/{name}", f"/s/{name}", f"/{name}/{self.world.posts[name]['first']}", f"/s/{name}/atom.xml", f"/s/{name}/feed.json",
                 f"/m/{name}/{self.world.posts[name]['video']}/file"]
        before = {path: self.web.get(path)[1]["etag"] for path in paths}
        for path in paths:
            assert self.web.get(path, If_None_Match=before[path])[::2] == (304, b""), path
        author, first = self.world.author, self.world.posts[name]["first"]
        author.edit(name, first, "Good evening!")
        status, _, body = self.web.get(paths[2], If_None_Match=before[paths[2]])
        assert status == 200 and b"Good evening!" in body and b"Good morning!" not in body
        last = author.send_text(name, "To be deleted")
        assert b"To be deleted" in self.web.get(f"/s/{name}")[2]
        tag = self.web.get(f"/s/{name}")[1]["etag"]
        author.delete(name, [last])
        status, _, body = self.web.get(f"/s/{name}", If_None_Match=tag)
        assert status == 200 and b"To be deleted" not in body
        assert self.web.get(f"/{name}/{last}")[0] == 404

    def feeds(self):
        for name in ("gazette_en", "gazette_ar"):
            words = WORDS[name[-2:]]
            _, told, body = self.web.get(f"/s/{name}/atom.xml")
            feed = xml.etree.ElementTree.fromstring(body)
            atom = "{http://www.w3.org/2005/Atom}"
            assert feed.findtext(f"{atom}title") == words["channel"] and len(feed.findall(f"{atom}entry")) >= 10
            assert told["content-type"].startswith("application/atom+xml")
            feed = json.loads(self.web.get(f"/s/{name}/feed.json")[2])
            assert feed["title"] == words["channel"] and len(feed["items"]) >= 10
            embed = json.loads(self.web.get(f"/oembed.json?url={self.base}/{name}/{self.world.posts[name]['photo']}")[2])
            assert words["caption"] in embed["html"] and embed["title"] == words["channel"]
        index = xml.etree.ElementTree.fromstring(self.web.get("/sitemap.xml")[2])
        places = [one.text for one in index.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
        listed = "".join(self.web.get(place.removeprefix(self.base))[2].decode() for place in places)
        assert all(f"{self.base}/s/{name}<" in listed for name in ("gazette_en", "gazette_ar", "kept_words"))
        assert "was_open" not in listed

    def protected(self):
        """What its author keeps from being copied is read here, and not offered for keeping."""
        posts = self.world.posts["kept_words"]
        html = self.web.get("/s/kept_words")[2].decode()
        assert "Read it here only" in html
        assert "download" not in re.sub(r"nodownload", "", html) and f"{posts['file']}/file" not in html
        assert self.web.get(f"/m/kept_words/{posts['file']}/file")[0] == 404
        assert self.web.get(f"/m/kept_words/{posts['video']}/file", Range="bytes=0-9")[0] == 206
        for path in ("/s/kept_words/atom.xml", "/s/kept_words/feed.json", f"/oembed.json?url={self.base}/kept_words/{posts['text']}"):
            status, _, body = self.web.get(path)
            assert status == 200 and b"Read it here only" not in body, path
        copied = "(getSelection().selectAllChildren(document.querySelector('main')), getSelection().toString())"
        page = Page(self.browser, *DESK, script=False)
        page.goto(f"{self.base}/s/kept_words")
        assert "Read it here only" not in page.evaluate(copied)
        page.goto(f"{self.base}/s/gazette_en")
        assert WORDS["en"]["caption"] in page.evaluate(copied)
        page.close()

    def one_nothing(self):
        """Private, formerly public and unknown names answer the same bytes and headers."""
        closed = -self.world.author.run(self.world.author.client.get_peer_id(self.world.author.peers["closed"])) - 10**12
        for form in ("/{}", "/s/{}", "/{}/2", "/s/{}?before=9", "/s/{}/atom.xml", "/m/{}/2/file", "/oembed.json?url=" + self.base + "/{}"):
            expected = self.web.get(form.format("never_was"))
            assert expected[0] == 404, form
            for name in ("was_open", "closed", str(closed), f"c/{closed}", "x" * 300, "..%2f..%2fetc%2fpasswd", "%ff%fe", "%00"):
                found = self.web.get(form.format(name))
                assert found == expected, (form, name, found, expected)

    STEPS = ("in_the_dark", "both_languages", "others", "paging", "media", "hidden", "revalidation", "feeds", "protected", "one_nothing")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--modules", required=True, type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path, help="keep pictures of the pages here")
    parser.add_argument("--step", action="append", help="only these steps")
    args = parser.parse_args()
    axe = (args.modules / "node_modules/axe-core/axe.min.js").read_text()
    table = Table()
    with tempfile.TemporaryDirectory(prefix="hoopoe-pages-", ignore_cleanup_errors=True) as scratch:
        folder = pathlib.Path(scratch)
        with Hoopoe(args.binary, folder / "data") as hoopoe:
            world = World(Server("127.0.0.1", hoopoe.port, hoopoe.pem(), hoopoe.code, str(folder)))
            browser = Chromium(folder)
            readers = Readers(hoopoe, browser, axe, world, args.shots)
            steps = {}
            for name, language in (("gazette_en", "en"), ("gazette_ar", "ar")):
                for size in (PHONE, DESK):
                    steps[f"read {name} on {size[0]} pixels"] = lambda name=name, language=language, size=size: readers.read_all(name, language, size)
            steps |= {step: getattr(readers, step) for step in Readers.STEPS}
            if table.step("pages: a real client writes", world.write):
                for name, step in steps.items():
                    if not args.step or name in args.step:
                        table.step(f"pages: {name}", step)
            browser.close()
            world.author.close()
    print(f"pages: {table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
