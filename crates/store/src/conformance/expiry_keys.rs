//! Keys of hours: what they sealed opens until their hour is over.

#![expect(clippy::unused_async, reason = "the suite awaits every case")]

use model::UnixTime;

use crate::Error;
use crate::ports::Stores;
use crate::ports::expiry_keys::EndHour;

/// The names of this file's cases.
#[macro_export]
macro_rules! expiry_keys_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            expiry_keys,
            $make,
            [what_is_sealed_opens_again, other_bytes_do_not_open, a_key_dies_with_its_hour]
        );
    };
}

const HOUR: EndHour = EndHour(490_000);

/// Of any length, in any order of hours.
pub async fn what_is_sealed_opens_again(stores: &Stores) {
    let keys = &stores.expiry_keys;
    for (hour, plain) in [(HOUR, &b""[..]), (EndHour(3), b"early"), (HOUR, &[7; 100_000])] {
        let sealed = keys.seal(hour, b"what", plain).unwrap();
        assert_eq!(keys.open(hour, b"what", &sealed).unwrap(), plain);
    }
}

/// Of another place, another hour, or changed on the way.
pub async fn other_bytes_do_not_open(stores: &Stores) {
    let keys = &stores.expiry_keys;
    let sealed = keys.seal(HOUR, b"what", b"plain").unwrap();
    let corrupt = |opened| matches!(opened, Err(Error::Corrupt(_)));
    assert!(corrupt(keys.open(HOUR, b"else", &sealed)));
    assert!(corrupt(keys.open(HOUR, b"what", &sealed[1..])));
    assert!(corrupt(keys.open(HOUR, b"what", b"")));
    assert_eq!(keys.open(EndHour(HOUR.0 + 1), b"what", &sealed), Err(Error::NotFound));
    keys.seal(EndHour(HOUR.0 + 1), b"what", b"plain").unwrap();
    assert!(corrupt(keys.open(EndHour(HOUR.0 + 1), b"what", &sealed)));
}

/// And never opens again: an hour that is over gets no other.
pub async fn a_key_dies_with_its_hour(stores: &Stores) {
    let keys = &stores.expiry_keys;
    let last_second = UnixTime(HOUR.0 * 3600 + 3599);
    let (next, sealed) = (EndHour(HOUR.0 + 1), keys.seal(HOUR, b"a", b"one").unwrap());
    let later = keys.seal(next, b"b", b"two").unwrap();
    assert_eq!(keys.destroy_past(last_second), Ok(0));
    assert_eq!(keys.open(HOUR, b"a", &sealed).unwrap(), b"one");
    assert_eq!(keys.destroy_past(UnixTime(last_second.0 + 1)), Ok(1));
    assert_eq!(keys.open(HOUR, b"a", &sealed), Err(Error::NotFound));
    assert_eq!(keys.seal(HOUR, b"a", b"three"), Err(Error::NotFound));
    assert_eq!(keys.open(HOUR, b"a", &sealed), Err(Error::NotFound));
    assert_eq!(keys.open(next, b"b", &later).unwrap(), b"two");
}
