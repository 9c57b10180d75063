//! What clamd answers to `zINSTREAM`. Bytes in, verdict out.

use crate::antivirus::Verdict;

/// The longest answer that is read, in bytes; clamd's own are shorter.
pub(super) const LONGEST: usize = 1024;

/// The verdict of an answer with its closing zero byte. Anything but the whole of a known answer is
/// [`Verdict::Unavailable`].
pub fn verdict(answer: &[u8]) -> Verdict {
    let Some((0, text)) = answer.split_last() else {
        return Verdict::unavailable(if answer.is_empty() { "no answer" } else { "half an answer" });
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return Verdict::unavailable("an answer that is no text");
    };
    if text.contains('\0') {
        return Verdict::unavailable("more than one answer");
    }
    if text == "INSTREAM size limit exceeded. ERROR" {
        return Verdict::unavailable("the file is larger than clamd's StreamMaxLength");
    }
    match text.strip_prefix("stream: ") {
        Some("OK") => Verdict::Clean,
        Some(found) if found.ends_with(" ERROR") => Verdict::unavailable("clamd reports an error"),
        Some(found) => match found.strip_suffix(" FOUND").map(Verdict::infected) {
            Some(Verdict::Infected { name }) if name.trim().is_empty() => {
                Verdict::unavailable("something was found that has no name")
            }
            Some(infected) => infected,
            None => Verdict::unavailable("an answer that is not clamd's"),
        },
        None => Verdict::unavailable("an answer that is not clamd's"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_answers_are_understood() {
        assert_eq!(verdict(b"stream: OK\0"), Verdict::Clean);
        assert_eq!(verdict(b"stream: Eicar-Signature FOUND\0"), Verdict::infected("Eicar-Signature"));
        let long = format!("stream: {} FOUND\0", "x\u{7f}й".repeat(200));
        assert_eq!(verdict(long.as_bytes()), Verdict::Infected { name: "x".repeat(100) });
    }

    #[test]
    fn everything_else_is_no_verdict() {
        let cases: [&[u8]; 14] = [
            b"",
            b"\0",
            b"stream: OK",
            b"stream: OK\n",
            b"stream: OK\0stream: X FOUND\0",
            b"stream: \0",
            b"stream: FOUND\0",
            b"stream:  FOUND\0",
            b"stream: X ERROR\0",
            b"INSTREAM size limit exceeded. ERROR\0",
            b"COMMAND READ TIMED OUT\0",
            b"UNKNOWN COMMAND\0",
            b"HTTP/1.1 200 OK\r\n\r\n\0",
            b"stream: \xff FOUND\0",
        ];
        for case in cases {
            assert!(matches!(verdict(case), Verdict::Unavailable { .. }), "{case:?}");
        }
    }

    proptest! {
        #[test]
        fn only_one_answer_is_clean(answer in proptest::collection::vec(any::<u8>(), 0..40), cut in 0usize..10) {
            if answer != b"stream: OK\0" {
                prop_assert_ne!(verdict(&answer), Verdict::Clean);
            }
            prop_assert_ne!(verdict(&b"stream: OK\0"[..cut]), Verdict::Clean);
        }
    }
}
