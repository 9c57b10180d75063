//! The client's address behind trusted proxies (checklist 10.4).

use crate::limits::Network;
use axum::http::HeaderMap;
use std::net::IpAddr;

/// The last hop that is no trusted proxy. Forwarding headers count only when the peer itself is trusted, and are
/// read from the right: what stands further left was written by strangers.
pub fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        client = hop.to_canonical();
        if !is_trusted(client) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_untrusted_hop_is_the_client() {
        let trusted: Vec<Network> = vec!["10.0.0.0/8".parse().expect("a network")];
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.0.0.7".parse().expect("a value"));
        let from = |peer: &str, headers: &HeaderMap| {
            client(peer.parse().expect("peer"), headers, &trusted).to_string()
        };
        assert_eq!(from("10.0.0.1", &headers), "1.2.3.4");
        assert_eq!(from("9.9.9.9", &headers), "9.9.9.9");
        headers.insert("x-forwarded-for", "nonsense".parse().expect("a value"));
        assert_eq!(from("10.0.0.1", &headers), "10.0.0.1");
    }
}
