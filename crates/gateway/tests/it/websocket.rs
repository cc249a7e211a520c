//! MTProto inside a WebSocket.

use futures_util::{SinkExt as _, StreamExt as _};
use mtproto::client::{
    ClientConfig, ClientEvent, ClientFramer, ClientHandshake, ClientOutcome, ClientSession,
    ClientStep, Transport,
};
use mtproto::framing::Framing;
use mtproto::plain;
use tl_api::{Serialize as _, functions};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::client::{Random, now, random};
use crate::world::{World, counted};

/// A browser's connection: packets in frames that are cut elsewhere.
struct Browser {
    socket: WebSocketStream<TcpStream>,
    framer: ClientFramer,
    /// Longest frame that it sends.
    frame: usize,
}

impl Browser {
    async fn open(world: &World, frame: usize) -> Self {
        let socket = TcpStream::connect(world.address).await.unwrap();
        let mut request = format!("ws://{}/apiws", world.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "binary".parse().unwrap());
        let (socket, answer) = client_async(request, socket).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "binary");
        let transport = Transport::obfuscated(Framing::Intermediate);
        let (framer, first) = ClientFramer::new(&transport, &mut Random);
        let mut browser = Self { socket, framer, frame };
        browser.write(&first).await;
        browser
    }

    async fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(self.frame) {
            self.socket.send(Message::binary(piece.to_vec())).await.unwrap();
        }
    }

    async fn send(&mut self, packet: &[u8]) {
        let mut out = Vec::new();
        self.framer.encode(packet, false, &mut Random, &mut out);
        self.write(&out).await;
    }

    async fn read(&mut self) -> Vec<u8> {
        loop {
            match self.framer.next_outcome() {
                ClientOutcome::Packet(packet) => return packet,
                ClientOutcome::Incomplete => {
                    let message = self.socket.next().await.unwrap().unwrap();
                    self.framer.push(&message.into_data());
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// A key of its own, and the first request with it.
    async fn start(mut self, world: &World) {
        let (mut handshake, mut body) =
            ClientHandshake::start(ClientConfig::default(), &mut Random);
        let key = loop {
            self.send(&plain::encode(now().wall.msg_id(), &body)).await;
            let packet = self.read().await;
            match handshake.handle(&packet[20..], world.rsa, &mut Random).unwrap() {
                ClientStep::Send(next) => body = next,
                ClientStep::Done(key) => break key,
            }
        };
        let mut session = ClientSession::new(key.auth_key, random(), key.first_salt);
        let asked = session.request(now(), functions::help::GetConfig {}.to_bytes());
        let packet = session.next_packet(now(), &mut Random).unwrap().unwrap();
        self.send(&packet).await;
        let is_answer = |event: &ClientEvent| matches!(event, ClientEvent::Answer { req_msg_id, .. } if *req_msg_id == asked);
        loop {
            let packet = self.read().await;
            if session.open(packet).unwrap().iter().any(is_answer) {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_request_is_answered_however_frames_are_cut() {
    let world = World::start();
    let opened = [1, 7, 64, 65, 1000, usize::MAX].map(async |frame| {
        Browser::open(&world, frame).await.start(&world).await;
    });
    futures_util::future::join_all(opened).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_counts_as_a_connection_until_it_ends() {
    let world = World::limited(1);
    let browser = Browser::open(&world, usize::MAX).await;
    assert_eq!(counted(&world, "gateway_connections"), 1);
    let mut refused = crate::client::Wire::dial(&world).await;
    assert_eq!(refused.read().await, None);
    browser.start(&world).await;
    while counted(&world, "gateway_connections") > 0 {
        tokio::task::yield_now().await;
    }
}
