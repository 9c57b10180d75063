#![no_main]
//! The registries' delegated statistics: any text is a table or a refusal, and every address has one answer.

use libfuzzer_sys::fuzz_target;
use portal::devices::Geo;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

fuzz_target!(|text: &str| {
    let Ok(geo) = Geo::parse(text) else { return };
    assert!(geo.is_known());
    for bits in [0, 1, u32::MAX / 2, u32::MAX - 1, u32::MAX] {
        let plain = Ipv4Addr::from(bits);
        let mapped = IpAddr::V6(plain.to_ipv6_mapped());
        assert_eq!(geo.country(IpAddr::V4(plain)), geo.country(mapped));
    }
    for bits in [0, 1, u128::MAX / 2, u128::MAX] {
        if let Some(country) = geo.country(IpAddr::V6(Ipv6Addr::from(bits))) {
            assert!(country.code().bytes().all(|byte| byte.is_ascii_uppercase()));
        }
    }
});
