//! Why a typed value was refused: one word a reason, each with its message in every language of the portal.

use std::fmt;

/// Declares [`Refusal`] with the word of every reason, so that list, words and look-up can't drift apart.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// The reason for which a value was refused. An outcome for the person at the field, never a bug.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Refusal { $($(#[$doc])* $name,)* }

        impl Refusal {
            /// Every reason there is; a test of the texts walks this list.
            pub const ALL: &'static [Refusal] = &[$(Refusal::$name,)*];

            /// The code word, as used in text keys, APIs and test vectors.
            pub const fn as_str(self) -> &'static str {
                match self { $(Refusal::$name => $word,)* }
            }
        }
    };
}

refusals! {
    /// Nothing was typed, or only blanks.
    Empty = "empty";
    /// Longer than the field takes.
    TooLong = "too_long";
    /// A character that the field does not take.
    BadChar = "bad_char";
    /// A separator at the edge, doubled, or a bracket without its pair.
    BadSeparator = "bad_separator";
    /// Another number of digits or characters than the value has.
    BadLength = "bad_length";
    /// The parts do not stand in the expected order.
    BadFormat = "bad_format";
    /// The first digits are none that such numbers begin with.
    BadPrefix = "bad_prefix";
    /// The region digits are zero.
    BadRegion = "bad_region";
    /// The series is zero or impossible.
    BadSeries = "bad_series";
    /// The last characters are impossible.
    BadSuffix = "bad_suffix";
    /// A letter that is not used in such values.
    BadLetter = "bad_letter";
    /// Not a canonical Roman numeral.
    BadRoman = "bad_roman";
    /// Only zeros.
    AllZero = "all_zero";
    /// The same character throughout.
    AllSame = "all_same";
    /// The check digits do not fit: very likely a slip of the finger.
    Checksum = "checksum";
    /// The bank code beside the account is not one.
    BadBik = "bad_bik";
    /// A treasury account, which has a field of its own.
    TreasuryAccount = "treasury_account";
    /// A telephone number of a country that is not taken here.
    BadCountry = "bad_country";
    /// A Russian number that is not a mobile one.
    NotMobile = "not_mobile";
    /// No such telephone number exists by the numbering plan.
    InvalidNumber = "invalid_number";
    /// None or several `@`.
    BadAt = "bad_at";
    /// Nothing before or after the `@`.
    EmptyPart = "empty_part";
    /// A dot at an edge or two dots together.
    BadDot = "bad_dot";
    /// A hyphen at the edge of a domain label, or two at its places 3 and 4.
    BadHyphen = "bad_hyphen";
    /// The domain has no top level.
    NoTld = "no_tld";
    /// Letters other than Latin before the `@`.
    NonAsciiLocal = "non_ascii_local";
    /// Latin and Cyrillic letters in one word.
    MixedScript = "mixed_script";
    /// The domain can't be a name on the Internet.
    BadDomain = "bad_domain";
    /// An invisible character inside.
    InvisibleChar = "invisible_char";
    /// A control, private or unassigned character inside.
    ControlChar = "control_char";
    /// A digit in a name.
    Digit = "digit";
    /// No letter at all.
    NoLetters = "no_letters";
    /// Letters of the other alphabet throughout.
    WrongScript = "wrong_script";
    /// A name that starts with ъ or ь.
    BadStart = "bad_start";
    /// A year before 1900 or after 2100.
    YearRange = "year_range";
    /// The calendar has no such day.
    NoSuchDate = "no_such_date";
    /// Born after the day of the check.
    BirthInFuture = "birth_in_future";
    /// Issued after the day of the check.
    IssueInFuture = "issue_in_future";
    /// Issued before the first passports of this kind.
    IssuedBefore1997 = "issued_before_1997";
    /// Issued before the fourteenth birthday.
    IssuedBefore14 = "issued_before_14";
    /// Ran out, the days of grace too.
    Expired = "expired";
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for Refusal {}
