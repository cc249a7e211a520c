//! The bus of one process.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::ports::bus::{Bus, Notice, Subscription};

/// Hands every notice to every subscriber of this process, in order. Subscribers are few (gateways and services) and
/// keep nothing back; one that is gone is dropped at the next notice.
#[derive(Default)]
pub struct LocalBus {
    subscribers: Mutex<Vec<UnboundedSender<Arc<Notice>>>>,
}

impl Bus for LocalBus {
    fn publish(&self, notice: Notice) {
        let notice = Arc::new(notice);
        self.subscribers.lock().retain(|subscriber| subscriber.send(Arc::clone(&notice)).is_ok());
    }

    fn subscribe(&self) -> Subscription {
        let (sender, receiver) = unbounded_channel();
        self.subscribers.lock().push(sender);
        receiver
    }
}

#[cfg(test)]
mod tests {
    use model::{AuthKeyId, Pts, UserId};

    use super::*;

    fn box_notice(pts: i32) -> Notice {
        Notice::Box { user: UserId(1), pts: Pts(pts), pts_count: 1, origin: None }
    }

    #[test]
    fn every_subscriber_hears_in_order_from_its_start() {
        let bus = LocalBus::default();
        let mut early = bus.subscribe();
        bus.publish(box_notice(1));
        let mut late = bus.subscribe();
        bus.publish(Notice::KeyRevoked { key: AuthKeyId(7) });
        assert_eq!(*early.try_recv().unwrap(), box_notice(1));
        assert_eq!(*early.try_recv().unwrap(), Notice::KeyRevoked { key: AuthKeyId(7) });
        assert_eq!(*late.try_recv().unwrap(), Notice::KeyRevoked { key: AuthKeyId(7) });
        assert!(late.try_recv().is_err());
    }

    #[test]
    fn a_subscriber_that_left_is_dropped() {
        let bus = LocalBus::default();
        drop(bus.subscribe());
        let _stays = bus.subscribe();
        bus.publish(box_notice(1));
        assert_eq!(bus.subscribers.lock().len(), 1);
    }
}
