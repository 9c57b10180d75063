//! AWS Signature Version 4 in the `Authorization` header, for S3. No I/O, no clock of its own.
//!
//! From «Authenticating Requests: Using the Authorization Header» of Amazon's S3 reference, whose four examples are the
//! tests. The hash of the body is signed: a store notices when it did not arrive as it left. Nothing secret and no
//! signature is in the address.

use kernel::{Date, Secret, Time};
use ring::digest::{SHA256, digest};
use ring::hmac;

/// What requests are signed with.
pub(super) struct Signer {
    access_key: String,
    secret_key: Secret<String>,
    region: String,
}

/// A request, as far as it is signed.
pub(super) struct Unsigned<'a> {
    pub(super) method: &'a str,
    /// The path, percent-encoded; keys of ours need no encoding.
    pub(super) path: &'a str,
    /// Names and values as they are; they are encoded and sorted here and by [`query`].
    pub(super) query: &'a [(&'a str, &'a str)],
    /// Names in lower case, in order, `host` among them; without `x-amz-date` and `x-amz-content-sha256`.
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) body: &'a [u8],
}

/// Headers that the signature adds.
pub(super) struct Signed {
    /// `x-amz-date`.
    pub(super) date: String,
    /// `x-amz-content-sha256`: of the body, in hexadecimal.
    pub(super) body_hash: String,
    /// `authorization`.
    pub(super) authorization: String,
}

impl Signer {
    pub(super) fn new(access_key: &str, secret_key: &Secret<String>, region: &str) -> Signer {
        Signer { access_key: access_key.into(), secret_key: secret_key.clone(), region: region.into() }
    }

    /// Signs a request at a moment; `None` outside the years that have a date.
    pub(super) fn sign(&self, request: &Unsigned<'_>, now: Time) -> Option<Signed> {
        let date = date(now)?;
        let day = date.get(..8)?;
        let body_hash = hex(digest(&SHA256, request.body).as_ref());
        let mut headers = request.headers.to_vec();
        headers.extend([("x-amz-content-sha256", body_hash.as_str()), ("x-amz-date", date.as_str())]);
        headers.sort_unstable();
        let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: String =
            headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let canonical = format!(
            "{}\n{}\n{}\n{lines}\n{names}\n{body_hash}",
            request.method,
            request.path,
            query(request.query)
        );
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let hash = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hash}");
        let signature = hex(hmac::sign(&self.key(day), to_sign.as_bytes()).as_ref());
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
            self.access_key
        );
        Some(Signed { date, body_hash, authorization })
    }

    /// The key of a day.
    fn key(&self, day: &str) -> hmac::Key {
        let secret = format!("AWS4{}", self.secret_key.expose()); // the first key is made of it
        let first = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        [day, &self.region, "s3", "aws4_request"].into_iter().fold(first, |key, part| {
            hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
        })
    }
}

/// A query as it is signed and sent: encoded, then sorted.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let mut pairs: Vec<_> = pairs.iter().map(|(name, value)| (encoded(name), encoded(value))).collect();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Everything but the unreserved characters of RFC 3986 as `%XY`.
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// `20130524T000000Z`.
fn date(now: Time) -> Option<String> {
    let (year, month, day) = Date::at(now)?.parts();
    let second = now.0.div_euclid(1_000_000).rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Some(format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: (&str, &str) = ("host", "examplebucket.s3.amazonaws.com");

    fn signature(
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> String {
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned());
        let signer = Signer::new("AKIAIOSFODNN7EXAMPLE", &secret, "us-east-1");
        // 2013-05-24T00:00:00Z
        let signed = signer
            .sign(&Unsigned { method, path, query, headers, body }, Time(1_369_353_600_000_000))
            .unwrap();
        assert_eq!(signed.date, "20130524T000000Z");
        let start = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,";
        assert!(signed.authorization.starts_with(start));
        signed.authorization.rsplit_once("Signature=").unwrap().1.to_owned()
    }

    #[test]
    fn the_examples_of_the_reference_come_out() {
        let get = signature("GET", "/test.txt", &[], &[HOST, ("range", "bytes=0-9")], b"");
        assert_eq!(get, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
        let headers =
            [("date", "Fri, 24 May 2013 00:00:00 GMT"), HOST, ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
        let put = signature("PUT", "/test%24file.text", &[], &headers, b"Welcome to Amazon S3.");
        assert_eq!(put, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
        let lifecycle = signature("GET", "/", &[("lifecycle", "")], &[HOST], b"");
        assert_eq!(lifecycle, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
        let list = signature("GET", "/", &[("prefix", "J"), ("max-keys", "2")], &[HOST], b"");
        assert_eq!(list, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    #[test]
    fn queries_are_encoded_and_sorted_and_times_are_whole() {
        assert_eq!(query(&[("b", "x/y z"), ("a", "é+~")]), "a=%C3%A9%2B~&b=x%2Fy%20z");
        assert_eq!(date(Time(1_369_353_600_000_000 - 1)).unwrap(), "20130523T235959Z");
        assert_eq!(date(Time(i64::MAX)), None);
    }
}
