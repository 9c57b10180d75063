//! Section `[limits]`: limits by network address, and who is exempt from them.

use super::Limit;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Section `[limits]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Networks without per-address limits: shared exits of big offices, and loopback in demonstrations.
    pub exempt_networks: Vec<Network>,
    /// Failed sign-ins from one address before it must wait (spec 01 §2 «by address and network»).
    pub sign_in_failures_per_address: Limit,
    /// Failed sign-ins from one network (/24, IPv6 /48) before it must wait.
    pub sign_in_failures_per_network: Limit,
    /// Registrations begun from one address (practice sheet §3: burst of 3, then 3 an hour; wider for shared exits).
    pub registrations_per_address: Limit,
    /// Recoveries begun from one address.
    pub recoveries_per_address: Limit,
    /// Wrong one-time codes from one address (reverse guessing: one guess on many accounts).
    pub wrong_codes_per_address: Limit,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            exempt_networks: Vec::new(),
            sign_in_failures_per_address: Limit::new(20, 600),
            sign_in_failures_per_network: Limit::new(100, 600),
            registrations_per_address: Limit::new(20, 3_600),
            recoveries_per_address: Limit::new(20, 3_600),
            wrong_codes_per_address: Limit::new(30, 3_600),
        }
    }
}

impl Settings {
    /// Whether an address is free of per-address limits.
    pub fn exempt(&self, address: IpAddr) -> bool {
        self.exempt_networks.iter().any(|network| network.contains(address))
    }
}

/// A network in CIDR form, for example `10.0.0.0/8` or `2001:db8::/32`; a bare address is a network of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether the address lies in this network; IPv4 inside IPv6 (`::ffff:…`) counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                u32::from(base) & mask == u32::from(address) & mask
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                u128::from(base) & mask == u128::from(address) & mask
            }
            _ => false,
        }
    }

    /// The network that shares a limit with an address: /24 for IPv4, /48 for IPv6 (checklist 3.5).
    pub fn around(address: IpAddr) -> Network {
        let base = address.to_canonical();
        Network { base, bits: if base.is_ipv4() { 24 } else { 48 } }.trimmed()
    }

    /// What belongs to one customer: the IPv4 address itself, /64 for IPv6.
    pub fn of_customer(address: IpAddr) -> Network {
        let base = address.to_canonical();
        Network { base, bits: if base.is_ipv4() { 32 } else { 64 } }.trimmed()
    }

    fn trimmed(self) -> Network {
        let base = match self.base {
            IpAddr::V4(base) => IpAddr::V4(
                (u32::from(base) & u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0)).into(),
            ),
            IpAddr::V6(base) => IpAddr::V6(
                (u128::from(base) & u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0)).into(),
            ),
        };
        Network { base, bits: self.bits }
    }
}

impl std::str::FromStr for Network {
    type Err = String;
    fn from_str(text: &str) -> Result<Network, String> {
        let wrong = || format!("«{text}» is not a network: expected for example 10.0.0.0/8 or ::1");
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        match bits.unwrap_or(most) {
            bits if bits <= most => Ok(Network { base, bits }.trimmed()),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Network {
    type Error = String;
    fn try_from(text: String) -> Result<Network, String> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> String {
        network.to_string()
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_what_they_should() {
        for (network, address, inside) in [
            ("127.0.0.0/8", "127.9.9.9", true),
            ("127.0.0.0/8", "128.0.0.1", false),
            ("127.0.0.1", "::ffff:127.0.0.1", true),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("::1", "::1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
        ] {
            let network: Network = network.parse().expect(network);
            assert_eq!(network.contains(address.parse().expect(address)), inside, "{network} {address}");
        }
        assert!("10.0.0.0/33".parse::<Network>().is_err());
        assert!("ten".parse::<Network>().is_err());
    }
}
