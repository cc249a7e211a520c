//! Any request of any layer: unwrapped, made canonical; and any answer made that layer's.
#![no_main]

use hoopoe_fuzz::Input;
use layers::{Layer, downgrade_answer, downgrade_updates, peel, upgrade_request};
use libfuzzer_sys::fuzz_target;
use tl_codec::Budget;

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let number = 133 + i32::from(input.byte()) % 98;
    let Ok(layer) = Layer::supported(number) else { return };
    let kind = input.byte();
    let mut budget = Budget::for_request(input.0.len());
    match kind & 3 {
        0 => {
            if let Ok(envelope) = peel(input.0, &mut budget) {
                let _ = upgrade_request(layer, &envelope.query, &mut budget);
            }
        }
        1 => {
            let _ = upgrade_request(layer, input.0, &mut budget);
        }
        2 => {
            let method = u32::from_le_bytes(input.array());
            let _ = downgrade_answer(layer, method, input.0);
        }
        _ => {
            let _ = downgrade_updates(layer, input.0);
        }
    }
});
