//! Which IP addresses may be connected to.

use super::error::FetchError;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where a request may end up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Global unicast addresses.
    Public,
    /// Global unicast addresses and this machine.
    PublicOrLoopback,
    /// This machine.
    Loopback,
}

impl Zone {
    /// Accepts a host's addresses only if there is one and every one lies in this zone.
    pub(super) fn admit(self, host: &str, addresses: &[IpAddr]) -> Result<(), FetchError> {
        if addresses.is_empty() {
            return Err(FetchError::Dns { host: host.to_owned() });
        }
        addresses.iter().try_for_each(|&address| self.admit_one(address))
    }

    fn admit_one(self, address: IpAddr) -> Result<(), FetchError> {
        let range = match (self, forbidden_range(address)) {
            (Self::Public | Self::PublicOrLoopback, None)
            | (Self::PublicOrLoopback | Self::Loopback, Some(LOOPBACK)) => return Ok(()),
            (Self::Loopback, None) => "beyond loopback",
            (_, Some(range)) => range,
        };
        Err(FetchError::AddressForbidden { address, range })
    }
}

const LOOPBACK: &str = "loopback";

/// The special-purpose range an address lies in, or nothing for global unicast.
///
/// IPv4 is refused by range; IPv6 is accepted only inside `2000::/3`, the one block
/// [IANA gives out](https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml), less the ranges below.
pub(super) fn forbidden_range(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => {
            FORBIDDEN_V4.iter().find(|(base, bits, _)| v4_within(v4, *base, *bits)).map(|(_, _, name)| *name)
        }
        IpAddr::V6(v6) => FORBIDDEN_V6
            .iter()
            .find(|(base, bits, _)| v6_within(v6, *base, *bits))
            .map(|(_, _, name)| *name)
            .or_else(|| (!v6_within(v6, GLOBAL_V6.0, GLOBAL_V6.1)).then_some("outside 2000::/3")),
    }
}

fn v4_within(address: Ipv4Addr, base: Ipv4Addr, bits: u32) -> bool {
    (address.to_bits() ^ base.to_bits()).leading_zeros() >= bits
}

fn v6_within(address: Ipv6Addr, base: Ipv6Addr, bits: u32) -> bool {
    (address.to_bits() ^ base.to_bits()).leading_zeros() >= bits
}

/// The [IANA special-purpose registry](https://www.iana.org/assignments/iana-ipv4-special-registry/), with multicast
/// and the one public address that a cloud answers on its own hosts.
const FORBIDDEN_V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, "this network (RFC 791)"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private (RFC 1918)"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "carrier-grade NAT (RFC 6598)"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, LOOPBACK),
    (Ipv4Addr::new(168, 63, 129, 16), 32, "Azure host agent"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local (RFC 3927)"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private (RFC 1918)"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "protocol assignments (RFC 6890)"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation (RFC 5737)"),
    (Ipv4Addr::new(192, 31, 196, 0), 24, "AS112 (RFC 7535)"),
    (Ipv4Addr::new(192, 52, 193, 0), 24, "multicast tunnelling (RFC 7450)"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "6to4 relay (RFC 7526)"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private (RFC 1918)"),
    (Ipv4Addr::new(192, 175, 48, 0), 24, "AS112 (RFC 7534)"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarking (RFC 2544)"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation (RFC 5737)"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation (RFC 5737)"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast (RFC 5771)"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved or broadcast (RFC 1112, RFC 919)"),
];

const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// The [IANA special-purpose registry](https://www.iana.org/assignments/iana-ipv6-special-registry/). Those outside
/// `2000::/3` would be refused without being listed; they are listed for the name they give the refusal.
const FORBIDDEN_V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::LOCALHOST, 128, LOOPBACK),
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified (RFC 4291)"),
    (Ipv6Addr::UNSPECIFIED, 96, "IPv4-compatible (RFC 4291)"),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, "IPv4-mapped (RFC 4291)"),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96, "NAT64 (RFC 6052)"),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, "local NAT64 (RFC 8215)"),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, "discard (RFC 6666)"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, "Teredo (RFC 4380)"),
    (Ipv6Addr::new(0x2001, 0x2, 0, 0, 0, 0, 0, 0), 48, "benchmarking (RFC 5180)"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "protocol assignments (RFC 2928)"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "documentation (RFC 3849)"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "6to4 (RFC 3056)"),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48, "AS112 (RFC 7534)"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "documentation (RFC 9637)"),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, "segment routing (RFC 9602)"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "unique local (RFC 4193)"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "link-local (RFC 4291)"),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "site-local (RFC 3879)"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "multicast (RFC 4291)"),
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// First and last address of every range, and a word of its name.
    #[test]
    fn special_addresses_are_refused() {
        for (address, word) in [
            ("0.0.0.0", "this network"),
            ("0.255.255.255", "this network"),
            ("10.0.0.0", "private"),
            ("10.255.255.255", "private"),
            ("100.64.0.0", "carrier"),
            ("100.100.100.200", "carrier"),
            ("100.127.255.255", "carrier"),
            ("127.0.0.0", "loopback"),
            ("127.0.0.1", "loopback"),
            ("127.255.255.255", "loopback"),
            ("168.63.129.16", "Azure"),
            ("169.254.0.0", "link-local"),
            ("169.254.169.254", "link-local"),
            ("169.254.255.255", "link-local"),
            ("172.16.0.0", "private"),
            ("172.31.255.255", "private"),
            ("192.0.0.0", "protocol"),
            ("192.0.0.192", "protocol"),
            ("192.0.0.255", "protocol"),
            ("192.0.2.1", "documentation"),
            ("192.31.196.1", "AS112"),
            ("192.52.193.1", "multicast tunnelling"),
            ("192.88.99.1", "6to4"),
            ("192.168.0.0", "private"),
            ("192.168.255.255", "private"),
            ("192.175.48.1", "AS112"),
            ("198.18.0.0", "benchmarking"),
            ("198.19.255.255", "benchmarking"),
            ("198.51.100.7", "documentation"),
            ("203.0.113.7", "documentation"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.0", "reserved"),
            ("255.255.255.255", "broadcast"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::2", "compatible"),
            ("::127.0.0.1", "compatible"),
            ("::ffff:127.0.0.1", "mapped"),
            ("::ffff:8.8.8.8", "mapped"),
            ("::ffff:0:127.0.0.1", "outside"),
            ("64:ff9b::7f00:1", "NAT64"),
            ("64:ff9b::808:808", "NAT64"),
            ("64:ff9b:1::a00:1", "local NAT64"),
            ("100::1", "discard"),
            ("1fff:ffff::", "outside"),
            ("2001::1", "Teredo"),
            ("2001:0:53aa:64c::1", "Teredo"),
            ("2001:2::1", "benchmarking"),
            ("2001:10::1", "protocol"),
            ("2001:20::1", "protocol"),
            ("2001:1ff:ffff::", "protocol"),
            ("2001:db8::1", "documentation"),
            ("2002:7f00:1::1", "6to4"),
            ("2002:808:808::1", "6to4"),
            ("2620:4f:8000::1", "AS112"),
            ("3fff::1", "documentation"),
            ("3fff:fff:ffff::", "documentation"),
            ("4000::", "outside"),
            ("5f00::1", "segment"),
            ("fc00::1", "unique local"),
            ("fd00:ec2::254", "unique local"),
            ("fdff:ffff::", "unique local"),
            ("fe80::1", "link-local"),
            ("febf::1", "link-local"),
            ("fec0::1", "site-local"),
            ("ff02::1", "multicast"),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast"),
        ] {
            let range = forbidden_range(ip(address));
            assert!(range.is_some_and(|range| range.contains(word)), "{address}: {range:?}, not {word}");
        }
    }

    /// The neighbours of those ranges, and well-known hosts: a range drawn too wide would lock issuers out.
    #[test]
    fn global_addresses_pass() {
        for address in [
            "1.0.0.0",
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "2000::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2001:db7::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700::1111",
            "2a00:1450::1",
            "3ffe::1",
            "3fff:1000::1",
        ] {
            assert_eq!(forbidden_range(ip(address)), None, "{address}");
        }
    }

    #[test]
    fn one_bad_answer_spoils_the_name() {
        let admit = |zone: Zone, addresses: &[&str]| {
            zone.admit("badge.test", &addresses.iter().map(|address| ip(address)).collect::<Vec<_>>())
        };
        let refused = |result: Result<(), FetchError>, culprit: &str| matches!(result, Err(FetchError::AddressForbidden { address, .. }) if address == ip(culprit));

        assert_eq!(admit(Zone::Public, &["8.8.8.8", "2606:4700::1111"]), Ok(()));
        assert!(refused(admit(Zone::Public, &["8.8.8.8", "10.0.0.1"]), "10.0.0.1"));
        assert!(refused(admit(Zone::Public, &["127.0.0.1"]), "127.0.0.1"));
        assert!(refused(admit(Zone::Public, &["8.8.8.8", "::1"]), "::1"));

        assert_eq!(admit(Zone::PublicOrLoopback, &["8.8.8.8", "127.0.0.1", "::1"]), Ok(()));
        assert!(refused(admit(Zone::PublicOrLoopback, &["127.0.0.1", "192.168.1.1"]), "192.168.1.1"));
        assert!(refused(admit(Zone::PublicOrLoopback, &["::ffff:127.0.0.1"]), "::ffff:127.0.0.1"));

        assert_eq!(admit(Zone::Loopback, &["127.0.0.1", "127.9.9.9", "::1"]), Ok(()));
        assert!(refused(admit(Zone::Loopback, &["127.0.0.1", "8.8.8.8"]), "8.8.8.8"));
        assert!(refused(admit(Zone::Loopback, &["0.0.0.0"]), "0.0.0.0"));

        for zone in [Zone::Public, Zone::PublicOrLoopback, Zone::Loopback] {
            assert_eq!(
                admit(zone, &[]),
                Err(FetchError::Dns { host: "badge.test".into() }),
                "no answer is no pass"
            );
        }
    }
}
