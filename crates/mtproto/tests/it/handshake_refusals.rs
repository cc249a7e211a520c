//! Key exchanges that have to be refused, by name. Each ends with transport error -404 and nothing else, and leaves no
//! exchange behind that could go on.

use crypto::{DhPair, RsaForm, TmpAes, encrypt_inner_old, encrypt_inner_pad, sha1};
use mtproto::client::wire::{ClientDh, InnerPq, ReqDhParams, ResPq, ServerDh, SetClientDh};
use mtproto::client::{ClientConfig, ClientHandshake};
use mtproto::handshake::{HandshakeConfig, Handshakes, Step, Verdict};
use mtproto::schema::*;

use crate::handshake::{ORIGIN, handshakes, reply, settle};
use crate::support::{Seeded, at, cases, first_key, keys};

/// An exchange that waits for `req_DH_params`, with the right pieces at hand.
struct Asked {
    hands: Handshakes,
    rng: Seeded,
    inner: InnerPq,
    request: ReqDhParams,
}

fn asked() -> Asked {
    asked_with(HandshakeConfig::default())
}

fn asked_with(config: HandshakeConfig) -> Asked {
    let mut hands = Handshakes::new(config, keys().fingerprints());
    let mut rng = Seeded(21);
    let (_, hello) = ClientHandshake::start(ClientConfig::default(), &mut rng);
    let offer = ResPq::parse(&reply(hands.handle(at(0), ORIGIN, &hello, &mut rng))).unwrap();
    let product = u64::from_be_bytes(offer.pq.as_slice().try_into().unwrap());
    let pq = crypto::factorize(product).unwrap();
    let (p, q) = (pq.p.to_be_bytes().to_vec(), pq.q.to_be_bytes().to_vec());
    let (nonce, server_nonce) = (offer.nonce, offer.server_nonce);
    let inner = InnerPq {
        constructor: None,
        pq: offer.pq,
        p: p.clone(),
        q: q.clone(),
        nonce,
        server_nonce,
        new_nonce: [0x33; 32],
        dc: Some(2),
        expires_in: None,
    };
    let fingerprint = first_key().fingerprint();
    let request =
        ReqDhParams { nonce, server_nonce, p, q, fingerprint, encrypted_data: Vec::new() };
    Asked { hands, rng, inner, request }
}

impl Asked {
    fn seal(&mut self, form: RsaForm, data: &[u8]) {
        let encrypt = match form {
            RsaForm::Pad => encrypt_inner_pad,
            RsaForm::Old => encrypt_inner_old,
        };
        self.request.encrypted_data =
            encrypt(first_key().public(), data, &mut self.rng).unwrap().to_vec();
    }

    fn ask(&mut self) -> Step {
        let step = self.hands.handle(at(1), ORIGIN, &self.request.to_bytes(), &mut self.rng);
        settle(&mut self.hands, at(1), step, &mut self.rng)
    }
}

type Change<T> = fn(&mut T);

#[test]
fn the_unchanged_requests_are_taken() {
    for form in [RsaForm::Pad, RsaForm::Old] {
        let mut asked = asked();
        let data = asked.inner.to_bytes();
        asked.seal(form, &data);
        assert!(matches!(asked.ask(), Step::Reply(_)));
    }
}

/// Changes inside the encrypted part, in both RSA forms.
fn inner_is_refused(change: Change<InnerPq>) {
    for form in [RsaForm::Pad, RsaForm::Old] {
        let mut asked = asked();
        change(&mut asked.inner);
        let data = asked.inner.to_bytes();
        asked.seal(form, &data);
        assert!(matches!(asked.ask(), Step::Refuse), "{form:?}");
        assert!(asked.hands.is_empty(), "{form:?}");
    }
}

cases! { inner_is_refused:
    inner_wrong_pq => |inner| inner.pq[7] ^= 1,
    inner_pq_with_leading_zero => |inner| inner.pq.insert(0, 0),
    inner_empty_pq => |inner| inner.pq.clear(),
    inner_wrong_p => |inner| inner.p[3] ^= 2,
    inner_wrong_q => |inner| inner.q[3] ^= 2,
    inner_p_and_q_swapped => |inner| core::mem::swap(&mut inner.p, &mut inner.q),
    inner_p_is_one_and_q_is_pq => |inner| { inner.p = vec![1]; inner.q.clone_from(&inner.pq); },
    inner_p_with_leading_zero => |inner| inner.p.insert(0, 0),
    inner_empty_p => |inner| inner.p.clear(),
    inner_empty_q => |inner| inner.q.clear(),
    inner_wrong_nonce => |inner| inner.nonce[0] ^= 1,
    inner_zero_nonce => |inner| inner.nonce = [0; 16],
    inner_wrong_server_nonce => |inner| inner.server_nonce[15] ^= 1,
    inner_zero_server_nonce => |inner| inner.server_nonce = [0; 16],
    inner_nonces_swapped => |inner| core::mem::swap(&mut inner.nonce, &mut inner.server_nonce),
    inner_unknown_dc => |inner| inner.dc = Some(6),
    inner_dc_zero => |inner| inner.dc = Some(0),
    inner_dc_of_ten_thousand => |inner| inner.dc = Some(10_000),
    inner_dc_twice_in_test => |inner| inner.dc = Some(20_002),
    inner_dc_lowest_number => |inner| inner.dc = Some(i32::MIN),
    inner_unknown_media_dc => |inner| inner.dc = Some(-9),
    inner_temporary_for_no_time => |inner| inner.expires_in = Some(0),
    inner_temporary_for_negative_time => |inner| inner.expires_in = Some(-1),
    inner_temporary_lowest_number => |inner| inner.expires_in = Some(i32::MIN),
    inner_unknown_constructor => |inner| inner.constructor = Some(0x1234_5678),
    inner_constructor_of_another_step => |inner| inner.constructor = Some(CLIENT_DH_INNER_DATA),
    inner_temporary_without_its_field => |inner| { inner.constructor = Some(P_Q_INNER_DATA_TEMP); inner.dc = Some(0); },
}

/// The old form's hash covers one length; the constructor inside must have it.
fn length_is_refused(change: Change<InnerPq>) {
    let mut asked = asked();
    change(&mut asked.inner);
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Old, &data);
    assert!(matches!(asked.ask(), Step::Refuse));
    assert!(asked.hands.is_empty());
}

cases! { length_is_refused:
    old_dc_constructor_without_dc => |inner| { inner.constructor = Some(P_Q_INNER_DATA_DC); inner.dc = None; },
    old_plain_constructor_with_dc => |inner| inner.constructor = Some(P_Q_INNER_DATA),
    old_temporary_constructor_with_two_fields => |inner| { inner.constructor = Some(P_Q_INNER_DATA_TEMP); inner.expires_in = Some(9); },
    old_temp_dc_constructor_with_one_field => |inner| inner.constructor = Some(P_Q_INNER_DATA_TEMP_DC),
}

/// Changes outside the encrypted part.
fn request_is_refused(change: Change<Asked>) {
    for form in [RsaForm::Pad, RsaForm::Old] {
        let mut asked = asked();
        let data = asked.inner.to_bytes();
        asked.seal(form, &data);
        change(&mut asked);
        assert!(matches!(asked.ask(), Step::Refuse), "{form:?}");
    }
}

cases! { request_is_refused:
    params_unknown_nonce => |asked| asked.request.nonce[3] ^= 1,
    params_wrong_server_nonce => |asked| asked.request.server_nonce[3] ^= 1,
    params_wrong_p => |asked| asked.request.p[0] ^= 1,
    params_wrong_q => |asked| asked.request.q[0] ^= 1,
    params_p_and_q_swapped => |asked| core::mem::swap(&mut asked.request.p, &mut asked.request.q),
    params_p_with_leading_zero => |asked| asked.request.p.insert(0, 0),
    params_empty_p => |asked| asked.request.p.clear(),
    params_unknown_fingerprint => |asked| asked.request.fingerprint ^= 1,
    params_fingerprint_of_our_other_key => |asked| asked.request.fingerprint = keys().fingerprints()[1],
    params_encrypted_data_empty => |asked| asked.request.encrypted_data.clear(),
    params_encrypted_data_short => |asked| { asked.request.encrypted_data.pop(); },
    params_encrypted_data_long => |asked| asked.request.encrypted_data.push(0),
    params_encrypted_data_doubled => |asked| { let copy = asked.request.encrypted_data.clone(); asked.request.encrypted_data.extend(copy); },
    params_encrypted_data_zero => |asked| asked.request.encrypted_data = vec![0; 256],
    params_encrypted_data_one => |asked| { asked.request.encrypted_data = vec![0; 256]; asked.request.encrypted_data[255] = 1; },
    params_encrypted_data_above_modulus => |asked| asked.request.encrypted_data = vec![0xff; 256],
    params_encrypted_data_is_the_modulus => |asked| asked.request.encrypted_data = first_key().public().modulus().to_vec(),
    params_encrypted_data_changed_in_front => |asked| asked.request.encrypted_data[1] ^= 1,
    params_encrypted_data_changed_at_the_end => |asked| asked.request.encrypted_data[255] ^= 1,
    params_encrypted_data_in_the_clear => |asked| { asked.request.encrypted_data = asked.inner.to_bytes(); asked.request.encrypted_data.resize(256, 0); },
    params_from_another_origin => |asked| {
        let step = asked.hands.handle(at(1), ORIGIN + 1, &asked.request.to_bytes(), &mut asked.rng);
        assert!(matches!(step, Step::Refuse));
        asked.request.p.clear();
    },
}

/// Encrypted data that RSA opens and whose hash does not hold.
fn hash_is_refused(plain: fn(&[u8]) -> [u8; 256]) {
    let mut asked = asked();
    let plain = plain(&asked.inner.to_bytes());
    asked.request.encrypted_data = first_key().public().raw(&plain).unwrap().to_vec();
    assert!(matches!(asked.ask(), Step::Refuse));
    assert!(asked.hands.is_empty());
}

fn old_plain(hash: [u8; 20], data: &[u8]) -> [u8; 256] {
    let mut plain = [0; 256];
    plain[1..21].copy_from_slice(&hash);
    plain[21..21 + data.len()].copy_from_slice(data);
    plain
}

cases! { hash_is_refused:
    old_hash_of_zeros => |data| old_plain([0; 20], data),
    old_hash_with_one_bit_changed => |data| { let mut hash = sha1(&[data]); hash[19] ^= 1; old_plain(hash, data) },
    old_hash_of_data_and_padding => |data| { let mut whole = data.to_vec(); whole.resize(235, 0); old_plain(sha1(&[&whole]), data) },
    old_hash_of_one_byte_less => |data| old_plain(sha1(&[&data[..data.len() - 1]]), data),
    old_hash_of_shorter_constructor => |data| old_plain(sha1(&[&data[..96]]), data),
    old_with_first_byte_one => |data| { let mut plain = old_plain(sha1(&[data]), data); plain[0] = 1; plain },
    old_sha1_shifted_by_a_byte => |data| { let mut plain = old_plain(sha1(&[data]), data); plain.rotate_right(1); plain[0] = 0; plain },
    pad_of_zeros => |_| [0; 256],
    pad_data_without_reversal => |data| {
        let mut plain = [0; 256];
        plain[32..32 + data.len()].copy_from_slice(data);
        plain
    },
}

#[test]
fn old_form_switched_off_is_refused() {
    let mut asked = asked_with(HandshakeConfig { old_rsa: false, ..HandshakeConfig::default() });
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Old, &data);
    assert!(matches!(asked.ask(), Step::Refuse));
}

#[test]
fn new_form_with_the_old_one_switched_off_is_taken() {
    let mut asked = asked_with(HandshakeConfig { old_rsa: false, ..HandshakeConfig::default() });
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Pad, &data);
    assert!(matches!(asked.ask(), Step::Reply(_)));
}

#[test]
fn dc_that_is_not_advertised_is_refused() {
    let mut asked = asked_with(HandshakeConfig { dcs: vec![7], ..HandshakeConfig::default() });
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Pad, &data);
    assert!(matches!(asked.ask(), Step::Refuse));
}

/// An exchange that waits for `set_client_DH_params`.
struct Offered {
    hands: Handshakes,
    rng: Seeded,
    cipher: TmpAes,
    inner: ClientDh,
    pair: DhPair,
    /// What replaces the sealed inner data.
    sealed: Option<Vec<u8>>,
    nonce: [u8; 16],
    server_nonce: [u8; 16],
}

fn offered() -> Offered {
    let mut asked = asked();
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Pad, &data);
    let body = reply(asked.ask());
    let Asked { hands, mut rng, inner, .. } = asked;
    let (nonce, server_nonce) = (inner.nonce, inner.server_nonce);
    let cipher = TmpAes::new(&inner.new_nonce, &server_nonce);
    let server = ServerDh::open(&body, &cipher).unwrap();
    assert_eq!((server.g, server.dh_prime.as_slice()), (3, crypto::PRIME.as_slice()));
    let pair = DhPair::generate(&mut rng).unwrap();
    let inner =
        ClientDh { constructor: None, nonce, server_nonce, retry_id: 0, g_b: pair.public.to_vec() };
    Offered { hands, rng, cipher, inner, pair, sealed: None, nonce, server_nonce }
}

impl Offered {
    fn send(&mut self) -> Step {
        let sealed =
            self.sealed.take().unwrap_or_else(|| self.inner.seal(&self.cipher, &mut self.rng));
        let request = SetClientDh {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            encrypted_data: sealed,
        };
        let step = self.hands.handle(at(2), ORIGIN, &request.to_bytes(), &mut self.rng);
        settle(&mut self.hands, at(2), step, &mut self.rng)
    }

    /// `plain` under the temporary cipher.
    fn seal_plain(&mut self, mut plain: Vec<u8>) {
        self.cipher.encrypt(&mut plain).unwrap();
        self.sealed = Some(plain);
    }
}

#[test]
fn the_unchanged_half_is_taken() {
    assert!(matches!(offered().send(), Step::Established(_)));
}

fn half_is_refused(change: Change<Offered>) {
    let mut offered = offered();
    change(&mut offered);
    assert!(matches!(offered.send(), Step::Refuse));
    assert!(offered.hands.len() <= 1);
}

fn number(first: u8, rest: u8) -> Vec<u8> {
    let mut bytes = vec![rest; 256];
    bytes[0] = first;
    bytes
}

fn minus(mut bytes: [u8; 256], at: usize, amount: u8) -> Vec<u8> {
    bytes[at] -= amount;
    bytes.to_vec()
}

cases! { half_is_refused:
    half_unknown_nonce => |half| half.nonce[0] ^= 1,
    half_wrong_server_nonce => |half| half.server_nonce[0] ^= 1,
    half_inner_wrong_nonce => |half| half.inner.nonce[0] ^= 1,
    half_inner_wrong_server_nonce => |half| half.inner.server_nonce[0] ^= 1,
    half_inner_nonces_swapped => |half| core::mem::swap(&mut half.inner.nonce, &mut half.inner.server_nonce),
    half_retry_id_without_a_collision => |half| half.inner.retry_id = 1,
    half_unknown_constructor => |half| half.inner.constructor = Some(SERVER_DH_INNER_DATA),
    half_g_b_empty => |half| half.inner.g_b.clear(),
    half_g_b_zero => |half| half.inner.g_b = vec![0; 256],
    half_g_b_one => |half| half.inner.g_b = vec![1],
    half_g_b_two => |half| half.inner.g_b = vec![2],
    half_g_b_generator => |half| half.inner.g_b = vec![3],
    half_g_b_just_below_the_range => |half| half.inner.g_b = vec![0xff; 248],
    half_g_b_prime => |half| half.inner.g_b = crypto::PRIME.to_vec(),
    half_g_b_prime_minus_one => |half| half.inner.g_b = minus(crypto::PRIME, 255, 1),
    half_g_b_just_above_the_range => |half| { half.inner.g_b = minus(crypto::PRIME, 7, 1); half.inner.g_b[255] += 1; },
    half_g_b_above_the_prime => |half| half.inner.g_b = number(0xff, 0xff),
    half_g_b_of_257_bytes => |half| half.inner.g_b.insert(0, 0),
    half_data_empty => |half| half.sealed = Some(Vec::new()),
    half_data_of_one_block => |half| half.sealed = Some(vec![0; 16]),
    half_data_not_whole_blocks => |half| { let mut sealed = half.inner.seal(&half.cipher, &mut half.rng); sealed.pop(); half.sealed = Some(sealed); },
    half_data_far_too_long => |half| half.sealed = Some(vec![0; 4000]),
    half_data_a_block_missing => |half| { let mut sealed = half.inner.seal(&half.cipher, &mut half.rng); sealed.truncate(sealed.len() - 16); half.sealed = Some(sealed); },
    half_data_a_block_more => |half| { let mut sealed = half.inner.seal(&half.cipher, &mut half.rng); sealed.extend([0; 16]); half.sealed = Some(sealed); },
    half_data_changed => |half| { let mut sealed = half.inner.seal(&half.cipher, &mut half.rng); sealed[40] ^= 1; half.sealed = Some(sealed); },
    half_data_in_the_clear => |half| { let mut data = half.inner.to_bytes(); data.resize(336, 0); half.sealed = Some(data); },
    half_data_under_another_cipher => |half| half.sealed = Some(half.inner.seal(&TmpAes::new(&[1; 32], &half.server_nonce), &mut half.rng)),
    half_hash_of_zeros => |half| { let mut plain = [vec![0; 20], half.inner.to_bytes()].concat(); plain.resize(336, 0); half.seal_plain(plain); },
    half_hash_of_data_and_padding => |half| {
        let mut data = half.inner.to_bytes();
        data.resize(332, 7);
        data.truncate(316);
        let plain = [sha1(&[&data]).as_slice(), &data].concat();
        half.seal_plain(plain);
    },
    half_more_padding_than_a_block => |half| {
        let data = half.inner.to_bytes();
        let mut plain = [sha1(&[&data]).as_slice(), &data].concat();
        plain.resize(plain.len().next_multiple_of(16) + 16, 0);
        half.seal_plain(plain);
    },
}

#[test]
fn a_retry_with_the_wrong_id_is_refused() {
    let mut half = offered();
    let Step::Established(made) = half.send() else { panic!("no key") };
    half.hands.conclude(&made, Verdict::Collision);
    half.inner.retry_id = made.auth_key.aux_hash() ^ 1;
    assert!(matches!(half.send(), Step::Refuse));
}

#[test]
fn a_retry_with_the_right_id_is_taken() {
    let mut half = offered();
    let Step::Established(made) = half.send() else { panic!("no key") };
    half.hands.conclude(&made, Verdict::Collision);
    half.inner.retry_id = made.auth_key.aux_hash();
    let shared = half.pair.secret.shared(&half.pair.public).is_ok();
    assert!(shared && matches!(half.send(), Step::Established(_)));
}

#[test]
fn a_retry_with_zero_is_refused() {
    let mut half = offered();
    let Step::Established(made) = half.send() else { panic!("no key") };
    half.hands.conclude(&made, Verdict::Collision);
    assert!(matches!(half.send(), Step::Refuse));
}

#[test]
fn another_half_after_the_end_is_refused() {
    let mut half = offered();
    let Step::Established(made) = half.send() else { panic!("no key") };
    half.hands.conclude(&made, Verdict::Stored);
    assert!(matches!(half.send(), Step::Refuse), "fresh padding makes it another request");
    assert!(half.hands.is_empty());
}

#[test]
fn another_half_while_the_store_works_is_refused() {
    let mut half = offered();
    let Step::Established(_) = half.send() else { panic!("no key") };
    assert!(matches!(half.send(), Step::Refuse));
}

#[test]
fn collisions_without_end_are_refused() {
    let mut half = offered();
    let mut refused = false;
    for _ in 0..6 {
        match half.send() {
            Step::Established(made) => {
                half.hands.conclude(&made, Verdict::Collision);
                half.inner.retry_id = made.auth_key.aux_hash();
            }
            Step::Refuse => refused = true,
            other => panic!("{other:?}"),
        }
    }
    assert!(refused);
}

/// Bodies that are no request, or come out of turn, to a table with one exchange under way.
fn body_is_refused(body: fn(&Asked) -> Vec<u8>) {
    let mut asked = asked();
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Pad, &data);
    let body = body(&asked);
    let step = asked.hands.handle(at(1), ORIGIN, &body, &mut asked.rng);
    assert!(matches!(settle(&mut asked.hands, at(1), step, &mut asked.rng), Step::Refuse));
}

fn with_id(id: u32, rest: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes(), rest].concat()
}

cases! { body_is_refused:
    body_empty => |_| Vec::new(),
    body_of_three_bytes => |_| vec![1, 2, 3],
    body_unknown_constructor => |_| with_id(0xdead_beef, &[0; 16]),
    body_of_an_api_request => |_| with_id(0xc4f9_186b, &[]),
    body_req_pq_cut_short => |_| with_id(REQ_PQ, &[1; 15]),
    body_res_pq_sent_back => |asked| with_id(RES_PQ, &asked.request.nonce),
    body_req_pq_again_in_its_other_form => |asked| with_id(REQ_PQ, &asked.request.nonce),
    body_params_cut_short => |asked| { let mut body = asked.request.to_bytes(); body.truncate(200); body },
    body_half_before_its_turn => |asked| SetClientDh { nonce: asked.request.nonce, server_nonce: asked.request.server_nonce, encrypted_data: vec![0; 336] }.to_bytes(),
    body_with_a_string_longer_than_itself => |asked| { let mut body = with_id(REQ_DH_PARAMS, &asked.request.nonce); body.extend([0; 16]); body.extend([0xfe, 0xff, 0xff, 0xff]); body },
    body_dh_gen_ok_sent_back => |asked| with_id(DH_GEN_OK, &[asked.request.nonce, asked.request.server_nonce, [0; 16]].concat()),
}

#[test]
fn params_twice_with_another_padding_are_refused() {
    let mut asked = asked();
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Pad, &data);
    assert!(matches!(asked.ask(), Step::Reply(_)));
    asked.seal(RsaForm::Pad, &data);
    assert!(matches!(asked.ask(), Step::Refuse));
    assert!(asked.hands.is_empty());
}

#[test]
fn params_while_others_run_end_the_exchange() {
    let mut asked = asked();
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Pad, &data);
    let Step::Work(work) =
        asked.hands.handle(at(1), ORIGIN, &asked.request.to_bytes(), &mut asked.rng)
    else {
        panic!("no work")
    };
    asked.seal(RsaForm::Pad, &data);
    assert!(matches!(asked.ask(), Step::Refuse));
    let done = work.run(keys(), None, &mut asked.rng);
    assert!(
        matches!(asked.hands.finish(done, at(1)), Step::Refuse),
        "the work comes back to nothing"
    );
}

#[test]
fn params_after_ten_minutes_are_refused() {
    let mut asked = asked();
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Pad, &data);
    let step = asked.hands.handle(at(601), ORIGIN, &asked.request.to_bytes(), &mut asked.rng);
    assert!(matches!(step, Step::Refuse));
}

#[test]
fn work_that_comes_back_after_ten_minutes_is_refused() {
    let mut asked = asked();
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Pad, &data);
    let Step::Work(work) =
        asked.hands.handle(at(1), ORIGIN, &asked.request.to_bytes(), &mut asked.rng)
    else {
        panic!("no work")
    };
    let done = work.run(keys(), None, &mut asked.rng);
    assert!(matches!(asked.hands.finish(done, at(700)), Step::Refuse));
}

#[test]
fn params_without_an_exchange_are_refused() {
    let mut asked = asked();
    let data = asked.inner.to_bytes();
    asked.seal(RsaForm::Pad, &data);
    asked.hands = handshakes();
    assert!(matches!(asked.ask(), Step::Refuse));
}
