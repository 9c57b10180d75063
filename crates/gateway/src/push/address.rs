//! Which addresses pushes are sent to. A subscription comes from a browser, so its address is a stranger's wish: it must
//! not make us ask machines of our own network (checklist: server-side request forgery).

use hyper::Uri;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a push may be sent to this address: https, no user, a host with a name of the public internet or a public
/// address. `private` allows http and everything else, for the stand.
pub(super) fn may_be_asked(endpoint: &str, private: bool) -> bool {
    if !endpoint.bytes().all(|byte| byte.is_ascii_graphic()) || endpoint.contains(['@', '#', '\\']) {
        return false;
    }
    let Ok(uri) = endpoint.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if private => {}
        _ => return false,
    }
    if host.is_empty() {
        return false;
    }
    private
        || match host.parse::<IpAddr>() {
            Ok(address) => is_public(address),
            Err(_) => is_public_name(&host),
        }
}

/// Names that mean machines nearby; and numbers in forms that some resolvers take for addresses.
fn is_public_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let nearby =
        ["localhost", "local", "internal", "lan", "home", "corp", "intranet", "arpa", "test", "invalid"];
    let Some((_, last)) = host.rsplit_once('.') else { return false };
    !nearby.contains(&last) && last.starts_with(|sign: char| sign.is_ascii_alphabetic())
}

/// Whether an address belongs to the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // carriers' NAT, RFC 6598
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)); // benchmarks, RFC 2544
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // 2000::/3 is what is given out; inside it tunnels (6to4, Teredo) and documentation lead elsewhere or nowhere.
    first & 0xe000 == 0x2000
        && first != 0x2002
        && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        && first != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_choose_public_addresses_only() {
        for good in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            "https://web.push.apple.com/QK1",
            "https://wns2-par02p.notify.windows.com/w/?token=B",
            "https://push.example.org:8443/x",
            "https://8.8.8.8/x",
            "https://[2a00:1450:4001:81b::200e]/x",
        ] {
            assert!(may_be_asked(good, false), "{good}");
        }
        for bad in [
            "",
            "push.example.org",
            "http://push.example.org/x",
            "ftp://push.example.org/x",
            "https://",
            "https://localhost/x",
            "https://intranet/x",
            "https://db.internal/x",
            "https://printer.local/x",
            "https://printer.local./x",
            "https://127.0.0.1/x",
            "https://127.1/x",
            "https://2130706433/x",
            "https://0x7f000001/x",
            "https://0x7f.1/x",
            "https://10.0.0.1/x",
            "https://172.20.1.1/x",
            "https://192.168.1.1/x",
            "https://169.254.169.254/latest/meta-data/",
            "https://100.64.0.1/x",
            "https://0.0.0.0/x",
            "https://[::1]/x",
            "https://[::]/x",
            "https://[fd00::1]/x",
            "https://[fe80::1]/x",
            "https://[::ffff:127.0.0.1]/x",
            "https://[64:ff9b::7f00:1]/x",
            "https://[2002:7f00:1::]/x",
            "https://user@push.example.org/x",
            "https://push.example.org@127.0.0.1/x",
            "https://push.example.org/x#y",
            "https://push.example.org/x y",
            "https://push.example.org\\@127.0.0.1/",
            "https://пример.рф/x",
        ] {
            assert!(!may_be_asked(bad, false), "{bad}");
        }
        assert!(may_be_asked("http://127.0.0.1:8090/push/abc", true), "the stand");
        assert!(!may_be_asked("file:///etc/passwd", true));
    }
}
