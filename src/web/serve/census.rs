//! Who is connected: the caps on connections, in all and for one network.
//!
//! Rule: a seat is given back when its `Seat` is dropped, however the connection ended. Used by `serve` only.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::web::proxy::{Network, Networks};

/// Counts connections; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Census {
    room: usize,
    room_per_network: usize,
    uncapped: Networks,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by_network: HashMap<Network, usize>,
}

/// One connection's place.
#[derive(Debug)]
pub(super) struct Seat {
    network: Option<Network>,
    taken: Arc<Mutex<Taken>>,
}

impl Census {
    pub(super) fn new(room: usize, room_per_network: usize, uncapped: Networks) -> Self {
        Self {
            room,
            room_per_network,
            uncapped,
            taken: Arc::default(),
        }
    }

    /// A seat for a connection from this address, or `None` when the house or the address's network is full.
    pub(super) fn admit(&self, address: IpAddr) -> Option<Seat> {
        let network = (!self.uncapped.contain(address)).then(|| Network::of(address));
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.in_all >= self.room {
            return None;
        }
        if let Some(network) = network {
            let here = taken.by_network.get(&network).copied().unwrap_or_default();
            if here >= self.room_per_network {
                return None;
            }
            taken.by_network.insert(network, here + 1);
        }
        taken.in_all += 1;
        Some(Seat {
            network,
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.in_all = taken.in_all.saturating_sub(1);
        let Some(network) = self.network else { return };
        // An empty entry is removed, so that the map is never longer than the connections are many.
        if let Some(here) = taken.by_network.get_mut(&network) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                taken.by_network.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_dos_02_seats_are_counted_in_all_and_for_each_network() {
        let census = Census::new(3, 2, Networks::default());
        let (near, far): (IpAddr, IpAddr) = ([192, 0, 2, 1].into(), [198, 51, 100, 1].into());
        let first = census.admit(near).expect("the first seat");
        let _second = census.admit(near).expect("the second seat");
        assert!(census.admit(near).is_none(), "a third from one network");
        let _third = census.admit(far).expect("another network has room");
        assert!(census.admit([203, 0, 113, 1].into()).is_none(), "a fourth in all");

        drop(first);
        assert!(census.admit(near).is_some(), "a seat given back can be taken again");
        assert_eq!(census.taken.lock().expect("not poisoned").by_network.len(), 2);
    }

    #[test]
    fn a_listed_proxy_is_capped_only_by_the_house() {
        let census = Census::new(3, 1, "192.0.2.1".parse().expect("a network"));
        let seats: Vec<_> = (0..4).filter_map(|_| census.admit([192, 0, 2, 1].into())).collect();
        assert_eq!(seats.len(), 3);
    }
}
