//! The catalogue: every text of the public pages, in every language, with the plural forms of each.

use crate::language::Language;

/// A text with a count in it, in the six forms of CLDR. `{}` is the number.
pub(crate) struct Counted {
    zero: &'static str,
    one: &'static str,
    two: &'static str,
    few: &'static str,
    many: &'static str,
    other: &'static str,
}

impl Counted {
    const fn english(one: &'static str, other: &'static str) -> Self {
        Self { zero: other, one, two: other, few: other, many: other, other }
    }
}

/// All texts.
pub(crate) struct Texts {
    pub(crate) open: &'static str,
    pub(crate) join: &'static str,
    pub(crate) request: &'static str,
    pub(crate) preview: &'static str,
    pub(crate) message: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) group: &'static str,
    pub(crate) invited_channel: &'static str,
    pub(crate) invited_group: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_found_more: &'static str,
    pub(crate) older: &'static str,
    pub(crate) newer: &'static str,
    pub(crate) all_posts: &'static str,
    pub(crate) no_posts: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) languages: &'static str,
    pub(crate) post: &'static str,
    pub(crate) photo: &'static str,
    pub(crate) video: &'static str,
    pub(crate) animation: &'static str,
    pub(crate) video_message: &'static str,
    pub(crate) voice: &'static str,
    pub(crate) audio: &'static str,
    pub(crate) file: &'static str,
    pub(crate) sticker: &'static str,
    pub(crate) hidden: &'static str,
    pub(crate) gone: &'static str,
    pub(crate) poll: &'static str,
    pub(crate) quiz: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) place: &'static str,
    pub(crate) forwarded: &'static str,
    pub(crate) hidden_author: &'static str,
    pub(crate) private_channel: &'static str,
    pub(crate) in_reply: &'static str,
    pub(crate) edited: &'static str,
    pub(crate) reactions: &'static str,
    pub(crate) created: &'static str,
    pub(crate) renamed: &'static str,
    pub(crate) new_photo: &'static str,
    pub(crate) photo_removed: &'static str,
    pub(crate) pinned: &'static str,
    pub(crate) service: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) busy_more: &'static str,
    pub(crate) away: &'static str,
    pub(crate) away_more: &'static str,
    pub(crate) fault: &'static str,
    pub(crate) fault_more: &'static str,
    pub(crate) read_only: &'static str,
    pub(crate) read_only_more: &'static str,
    pub(crate) read_there: &'static str,
    pub(crate) only_in_app: &'static str,
    pub(crate) subscribers: Counted,
    pub(crate) members: Counted,
    pub(crate) votes: Counted,
    pub(crate) views: Counted,
    months: [&'static str; 12],
    thousand: &'static str,
    million: &'static str,
}

const ENGLISH: Texts = Texts {
    open: "Open in the app",
    join: "Join in the app",
    request: "Ask to join",
    preview: "Read the channel",
    message: "Send a message",
    channel: "Channel",
    group: "Group",
    invited_channel: "You are invited to a channel",
    invited_group: "You are invited to a group",
    not_found: "Nothing here",
    not_found_more: "There is no public page at this address. The link may be wrong, or what it led to is private or gone.",
    older: "Older posts",
    newer: "Newer posts",
    all_posts: "All posts",
    no_posts: "No posts yet.",
    pages: "Pages",
    languages: "Languages",
    post: "Post",
    photo: "Photo",
    video: "Video",
    animation: "Animation",
    video_message: "Video message",
    voice: "Voice message",
    audio: "Audio",
    file: "File",
    sticker: "Sticker",
    hidden: "Show what is hidden",
    gone: "This is not shown on the web.",
    poll: "Poll",
    quiz: "Quiz",
    closed: "Closed",
    place: "Place",
    forwarded: "Forwarded from",
    hidden_author: "somebody",
    private_channel: "a private channel",
    in_reply: "In reply to",
    edited: "edited",
    reactions: "Reactions",
    created: "The channel was created",
    renamed: "The channel has a new name:",
    new_photo: "The channel has a new photo",
    photo_removed: "The channel's photo was removed",
    pinned: "A post was pinned",
    service: "The channel changed",
    busy: "Too many requests",
    busy_more: "Wait a moment, then open the page again.",
    away: "Not at the moment",
    away_more: "The server can't answer right now. Try again in a moment.",
    fault: "Something went wrong",
    fault_more: "The page could not be made, and the fault is not yours. Try again later.",
    read_only: "Only for reading",
    read_only_more: "This address can be read, and nothing else.",
    read_there: "This post is read on its own page.",
    only_in_app: "Only in the app",
    subscribers: Counted::english("{} subscriber", "{} subscribers"),
    members: Counted::english("{} member", "{} members"),
    votes: Counted::english("{} vote", "{} votes"),
    views: Counted::english("{} view", "{} views"),
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    thousand: "K",
    million: "M",
};

const ARABIC: Texts = Texts {
    open: "افتح في التطبيق",
    join: "انضم في التطبيق",
    request: "اطلب الانضمام",
    preview: "اقرأ القناة",
    message: "أرسل رسالة",
    channel: "قناة",
    group: "مجموعة",
    invited_channel: "أنت مدعو إلى قناة",
    invited_group: "أنت مدعو إلى مجموعة",
    not_found: "لا شيء هنا",
    not_found_more: "لا توجد صفحة عامة في هذا العنوان. ربما كان الرابط خاطئًا، أو صار ما يشير إليه خاصًا أو حُذف.",
    older: "منشورات أقدم",
    newer: "منشورات أحدث",
    all_posts: "كل المنشورات",
    no_posts: "لا منشورات بعد.",
    pages: "الصفحات",
    languages: "اللغات",
    post: "منشور",
    photo: "صورة",
    video: "فيديو",
    animation: "صورة متحركة",
    video_message: "رسالة مرئية",
    voice: "رسالة صوتية",
    audio: "مقطع صوتي",
    file: "ملف",
    sticker: "ملصق",
    hidden: "أظهر المخفي",
    gone: "لا يُعرض هذا على الويب.",
    poll: "استطلاع",
    quiz: "اختبار",
    closed: "مغلق",
    place: "مكان",
    forwarded: "أُعيد توجيهه من",
    hidden_author: "شخص ما",
    private_channel: "قناة خاصة",
    in_reply: "ردًا على",
    edited: "معدَّل",
    reactions: "التفاعلات",
    created: "أُنشئت القناة",
    renamed: "صار للقناة اسم جديد:",
    new_photo: "صارت للقناة صورة جديدة",
    photo_removed: "أُزيلت صورة القناة",
    pinned: "ثُبِّت منشور",
    service: "تغيّرت القناة",
    busy: "طلبات كثيرة جدًا",
    busy_more: "انتظر لحظات ثم افتح الصفحة من جديد.",
    away: "ليس الآن",
    away_more: "لا يستطيع الخادم أن يجيب الآن. حاول بعد لحظات.",
    fault: "حدث خطأ ما",
    fault_more: "تعذّر إعداد الصفحة، والخطأ ليس منك. حاول لاحقًا.",
    read_only: "للقراءة فقط",
    read_only_more: "هذا العنوان يُقرأ ولا شيء غير ذلك.",
    read_there: "يُقرأ هذا المنشور في صفحته.",
    only_in_app: "في التطبيق فقط",
    subscribers: Counted {
        zero: "لا مشتركين",
        one: "مشترك واحد",
        two: "مشتركان",
        few: "{} مشتركين",
        many: "{} مشتركًا",
        other: "{} مشترك",
    },
    members: Counted {
        zero: "لا أعضاء",
        one: "عضو واحد",
        two: "عضوان",
        few: "{} أعضاء",
        many: "{} عضوًا",
        other: "{} عضو",
    },
    votes: Counted {
        zero: "لا أصوات",
        one: "صوت واحد",
        two: "صوتان",
        few: "{} أصوات",
        many: "{} صوتًا",
        other: "{} صوت",
    },
    views: Counted {
        zero: "لا مشاهدات",
        one: "مشاهدة واحدة",
        two: "مشاهدتان",
        few: "{} مشاهدات",
        many: "{} مشاهدة",
        other: "{} مشاهدة",
    },
    months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    thousand: " ألف",
    million: " مليون",
};

impl Language {
    /// The catalogue of this language.
    pub(crate) const fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::Arabic => &ARABIC,
        }
    }

    /// A count in words, in the form that the number asks for (CLDR's cardinal rules).
    pub(crate) fn counted(self, counted: &Counted, number: i32) -> String {
        let form = match self {
            Self::English if number == 1 => counted.one,
            Self::English => counted.other,
            Self::Arabic => match (number, number % 100) {
                (0, _) => counted.zero,
                (1, _) => counted.one,
                (2, _) => counted.two,
                (_, 3..=10) => counted.few,
                (_, 11..=99) => counted.many,
                _ => counted.other,
            },
        };
        form.replace("{}", &grouped(number))
    }

    /// A count in three digits: 999, 1.2K, 34K, 5.6M.
    pub(crate) fn short(self, number: i32) -> String {
        let texts = self.texts();
        let tenths = |unit: i32, word: &str| {
            let (whole, part) = (number / unit, number % unit / (unit / 10));
            if part == 0 || whole >= 100 {
                format!("{whole}{word}")
            } else {
                format!("{whole}.{part}{word}")
            }
        };
        match number {
            ..1000 => number.to_string(),
            1000..1_000_000 => tenths(1000, texts.thousand),
            _ => tenths(1_000_000, texts.million),
        }
    }

    /// A day in words.
    pub(crate) fn day(self, (year, month, day): (i64, u32, u32)) -> String {
        let place = usize::try_from(month.saturating_sub(1)).unwrap_or(0);
        let month = self.texts().months.get(place).copied().unwrap_or_default();
        format!("{day} {month} {year}")
    }
}

/// Digits in groups of three.
fn grouped(number: i32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_has_six_forms() {
        let ar = |number| Language::Arabic.counted(&ARABIC.subscribers, number);
        assert_eq!(ar(0), "لا مشتركين");
        assert_eq!(ar(1), "مشترك واحد");
        assert_eq!(ar(2), "مشتركان");
        assert_eq!(ar(3), "3 مشتركين");
        assert_eq!(ar(110), "110 مشتركين");
        assert_eq!(ar(11), "11 مشتركًا");
        assert_eq!(ar(1_099), "1,099 مشتركًا");
        assert_eq!(ar(100), "100 مشترك");
        assert_eq!(ar(102), "102 مشترك");
        let en = |number| Language::English.counted(&ENGLISH.subscribers, number);
        assert_eq!((en(0), en(1)), ("0 subscribers".to_owned(), "1 subscriber".to_owned()));
        assert_eq!(en(1_234_567), "1,234,567 subscribers");
    }

    #[test]
    fn long_counts_are_short() {
        let en = |number| Language::English.short(number);
        assert_eq!([en(0), en(999), en(1000)], ["0", "999", "1K"]);
        assert_eq!([en(1_250), en(123_456), en(2_500_000)], ["1.2K", "123K", "2.5M"]);
        assert_eq!(Language::Arabic.short(1_500), "1.5 ألف");
    }
}
