//! Where a visitor is: networks of addresses, and the visitor's own address behind reverse proxies.
//!
//! Rule: a header is believed only when the peer that sent it is listed, and of a chain of addresses only the part that
//! listed proxies wrote. Used by `serve` (caps), `throttle` and the audit log.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use axum::http::HeaderMap;

/// A range of addresses: `192.0.2.0/24`, `2001:db8::/32`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

/// What was given isn't an address or a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an address (192.0.2.1) or a range of addresses (192.0.2.0/24)")]
pub struct NotANetwork(String);

impl Network {
    /// What counts as one visitor's network: an IPv4 address, or an IPv6 /64, which is what one household is given.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            v4 @ IpAddr::V4(_) => Self::new(v4, 32),
            v6 @ IpAddr::V6(_) => Self::new(v6, 64),
        }
    }

    /// Is this address in the range? An IPv4 address written as an IPv6 one is the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        Self::new(address.to_canonical(), self.prefix).first == self.first
    }

    fn new(address: IpAddr, prefix: u8) -> Self {
        let first = match address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32u32.saturating_sub(prefix.into())).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(128u32.saturating_sub(prefix.into())).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
            }
        };
        Self { first, prefix }
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix
                .parse()
                .ok()
                .filter(|&bits: &u8| bits <= longest)
                .ok_or_else(wrong)?,
            None => longest,
        };
        Ok(Self::new(address, prefix))
    }
}

/// Several networks: the trusted proxies. Parsed from a list with commas; empty by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// Is the address in one of them?
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The visitor's address, given the peer of the connection: the peer itself, or, when the peer is one of these
    /// proxies, the right-most entry of `X-Forwarded-For` that isn't one.
    ///
    /// Entries further left were written by the visitor and mean nothing. An entry that is no address ends the search
    /// at the last hop that was one.
    #[must_use]
    pub fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer.to_canonical();
        if !self.contain(nearest) {
            return nearest;
        }
        // Several lines are one list; the last line is nearest to us.
        for line in headers.get_all("x-forwarded-for").iter().rev() {
            for entry in line.as_bytes().rsplit(|&byte| byte == b',') {
                let Some(address) = forwarded_address(entry) else {
                    return nearest;
                };
                nearest = address;
                if !self.contain(address) {
                    return address;
                }
            }
        }
        nearest
    }
}

impl FromIterator<Network> for Networks {
    fn from_iter<I: IntoIterator<Item = Network>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

impl FromStr for Networks {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        text.split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(str::parse)
            .collect()
    }
}

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1` or `[2001:db8::1]:443`, as different proxies write it.
fn forwarded_address(entry: &[u8]) -> Option<IpAddr> {
    let entry = str::from_utf8(entry).ok()?.trim();
    let address = match entry.parse::<std::net::SocketAddr>() {
        Ok(with_port) => with_port.ip(),
        Err(_) => entry.trim_start_matches('[').trim_end_matches(']').parse().ok()?,
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn forwarded(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().expect("a header value"));
        }
        headers
    }

    #[test]
    fn networks_are_read_and_contain_their_addresses() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ];
        for (network, address, inside) in cases {
            let network: Network = network.parse().expect("a network");
            assert_eq!(network.contains(ip(address)), inside, "{network:?} and {address}");
        }
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "::/129",
            "10.0.0.0/-1",
            "proxy.example",
            "10.0.0.1/",
        ] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_household_is_one_network() {
        assert_eq!(Network::of(ip("2001:db8::1")), Network::of(ip("2001:db8::ffff:1")));
        assert_ne!(Network::of(ip("2001:db8::1")), Network::of(ip("2001:db8:0:1::1")));
        assert_ne!(Network::of(ip("192.0.2.1")), Network::of(ip("192.0.2.2")));
        assert_eq!(Network::of(ip("192.0.2.1")), Network::of(ip("::ffff:192.0.2.1")));
    }

    #[test]
    fn sec_web_07_a_forged_address_is_believed_from_nobody() {
        let nobody = Networks::default();
        assert_eq!(
            nobody.visitor(ip("192.0.2.1"), &forwarded(&["198.51.100.7"])),
            ip("192.0.2.1")
        );

        let proxies: Networks = "127.0.0.1, 10.0.0.0/8".parse().expect("networks");
        let stranger = ip("192.0.2.1");
        assert_eq!(proxies.visitor(stranger, &forwarded(&["198.51.100.7"])), stranger);
    }

    #[test]
    fn sec_web_07_of_a_chain_only_what_listed_proxies_wrote_counts() {
        let proxies: Networks = "127.0.0.1, 10.0.0.0/8".parse().expect("networks");
        let cases: [(&[&str], &str); 9] = [
            (&[], "127.0.0.1"),
            (&["198.51.100.7"], "198.51.100.7"),
            (&["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            (&["203.0.113.9", "198.51.100.7, 10.1.1.1"], "198.51.100.7"),
            (&["198.51.100.7:4711"], "198.51.100.7"),
            (&["[2001:db8::7]:4711"], "2001:db8::7"),
            (&["203.0.113.9, nonsense, 10.1.1.1"], "10.1.1.1"),
            (&["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
            (&[""], "127.0.0.1"),
        ];
        for (lines, visitor) in cases {
            assert_eq!(
                proxies.visitor(ip("127.0.0.1"), &forwarded(lines)),
                ip(visitor),
                "{lines:?}"
            );
        }
    }
}
