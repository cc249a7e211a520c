//! Goal 11: a stored file in parts of 512 KiB, against its encryption alone and against nginx without any.

use std::cell::{Cell, RefCell};

use crypto::{AuthKey, HEADER_LEN, Sender};
use tl_api::{enums, functions, types};
use tl_codec::{Deserialize as _, Reader};

use crate::client::{Random, random};
use crate::goals::Bench;
use crate::load::connection::{Connection, Heard};
use crate::load::crowd::Crowd;
use crate::load::posts;
use crate::peers::nginx;
use crate::population::Population;
use crate::procstat::{cpu_seconds, own_thread_seconds};
use crate::report::{Gate, Goal, Line};
use crate::rounds::{self, Side};
use crate::server::Result;

const PART: usize = 512 * 1024;
/// Parts of the file.
const PARTS: usize = 64;
/// Parts that each round reads, over all streams.
const READ: usize = 1024;

/// D(1) and D(8).
pub(crate) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let mut population = bench.runtime.block_on(Population::prepare(&bench.binary, 1, false))?;
    let goal = |streams: usize, against: &str, gate| Goal {
        number: 11,
        name: format!("D({streams}) bytes per CPU-s"),
        unit: "B/CPU-s",
        against: against.to_owned(),
        gate: Gate::AtLeast(gate),
    };
    let mut lines = Vec::new();
    let goals = [goal(1, "encryption of the parts", 0.6), goal(1, "nginx, sendfile", 0.12)];
    let rounds = rounds::run(&goals.each_ref().map(|goal| goal.gate), |side| match side {
        Side::Program => hoopoe(&mut population, 1).map(|rate| vec![rate, rate]),
        Side::Reference => Ok(vec![encryption()?, nginx(1)?]),
    })?;
    lines.extend(goals.iter().zip(&rounds).map(|(goal, rounds)| Line::new(goal, rounds)));
    let goal = goal(8, "nginx, sendfile", 0.25);
    let rounds = rounds::run(&[goal.gate], |side| match side {
        Side::Program => hoopoe(&mut population, 8).map(|rate| vec![rate]),
        Side::Reference => nginx(8).map(|rate| vec![rate]),
    })?;
    lines.extend(rounds.iter().map(|rounds| Line::new(&goal, rounds)));
    Ok(lines)
}

/// Parts sealed one at a time on one thread, in memory.
fn encryption() -> Result<f64> {
    let mut bytes = [0; 256];
    mtproto::Random::fill(&mut Random, &mut bytes);
    let key = AuthKey::new(bytes);
    // Headers of message, result and file beside the part.
    let mut packet = vec![0; HEADER_LEN + PART + 96];
    let before = own_thread_seconds()?;
    for _ in 0..READ {
        crypto::seal(&key, Sender::Server, std::hint::black_box(&mut packet))
            .map_err(|error| error.to_string())?;
    }
    Ok((READ * PART) as f64 / (own_thread_seconds()? - before))
}

fn nginx(streams: usize) -> Result<f64> {
    let peer = nginx::start(PART * PARTS)?;
    let read = |parts: usize| -> Result<()> {
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..streams)
                .map(|_| {
                    scope.spawn(|| {
                        let mut reader = nginx::Reader::connect(peer.address, PART)?;
                        (0..parts).try_for_each(|part| reader.read(part % PARTS * PART))
                    })
                })
                .collect();
            readers
                .into_iter()
                .try_for_each(|reader| reader.join().map_err(|_| "a reader panicked")?)
        })
    };
    read(PARTS / streams)?;
    let before = cpu_seconds(&peer.pids())?;
    let each = READ / streams;
    read(each)?;
    Ok((each * streams * PART) as f64 / (cpu_seconds(&peer.pids())? - before))
}

fn hoopoe(population: &mut Population, streams: usize) -> Result<f64> {
    population.server.start()?;
    let pids = [population.server.pid().ok_or("the server does not run")?];
    let mut crowd = Crowd::new()?;
    for _ in 0..streams {
        posts::connect(&mut crowd, &population.server, &population.accounts)?;
    }
    let location = upload(&mut crowd)?;
    download(&mut crowd, &location, PARTS)?;
    let before = cpu_seconds(&pids)?;
    download(&mut crowd, &location, READ)?;
    let cpu_s = cpu_seconds(&pids)? - before;
    population.server.kill();
    Ok((READ * PART) as f64 / cpu_s)
}

/// Uploads the file from the first connection into saved messages.
fn upload(crowd: &mut Crowd<Connection>) -> Result<enums::InputFileLocation> {
    let file_id = random();
    let mut bytes = vec![0; PART];
    for part in 0..PARTS {
        mtproto::Random::fill(&mut Random, &mut bytes);
        let request = functions::upload::SaveBigFilePart {
            file_id,
            file_part: part as i32,
            file_total_parts: PARTS as i32,
            bytes: bytes.clone(),
        };
        ask(crowd, &request)?;
    }
    let file = types::InputFileBig { id: file_id, parts: PARTS as i32, name: "file".to_owned() };
    let media = types::InputMediaUploadedDocument {
        file: file.into(),
        mime_type: "application/octet-stream".to_owned(),
        force_file: true,
        ..Default::default()
    };
    let answer = ask(
        crowd,
        &functions::messages::SendMedia {
            peer: enums::InputPeer::InputPeerSelf,
            media: media.into(),
            random_id: random(),
            ..Default::default()
        },
    )?;
    let sent = enums::Updates::deserialize(&mut Reader::trusted(&answer));
    find_document(sent.map_err(|error| error.to_string())?)
        .ok_or_else(|| "the answer holds no document".to_owned())
}

fn find_document(updates: enums::Updates) -> Option<enums::InputFileLocation> {
    let enums::Updates::Updates(updates) = updates else { return None };
    updates.updates.into_iter().find_map(|update| {
        let enums::Update::UpdateNewMessage(update) = update else { return None };
        let enums::Message::Message(message) = update.message else { return None };
        let Some(enums::MessageMedia::MessageMediaDocument(media)) = message.media else {
            return None;
        };
        let Some(enums::Document::Document(document)) = media.document else { return None };
        Some(
            types::InputDocumentFileLocation {
                id: document.id,
                access_hash: document.access_hash,
                file_reference: document.file_reference,
                thumb_size: String::new(),
            }
            .into(),
        )
    })
}

/// A request on the first connection, and its answer.
fn ask<F: tl_api::Function>(crowd: &mut Crowd<Connection>, request: &F) -> Result<Vec<u8>> {
    let asker = crowd.members.first_mut().ok_or("nobody to ask")?;
    asker.request(1, request);
    asker.flush()?;
    let answer = RefCell::new(None);
    let mut hear = |_: usize, _: &mut Connection, heard: Heard| match heard {
        Heard::Answer(1, body) => {
            *answer.borrow_mut() = Some(body);
            Ok(())
        }
        Heard::Refused(why) => Err(why),
        _ => Ok(()),
    };
    crowd.until("an answer", &mut hear, || answer.borrow().is_some())?;
    Ok(answer.take().unwrap_or_default())
}

/// Reads `parts` parts, each connection one after another.
fn download(
    crowd: &mut Crowd<Connection>,
    location: &enums::InputFileLocation,
    parts: usize,
) -> Result<()> {
    let (asked, read) = (Cell::new(0), Cell::new(0));
    let next = |connection: &mut Connection| {
        let part = asked.get();
        if part == parts {
            return Ok(());
        }
        asked.set(part + 1);
        connection.request(2, &get_file(location, part % PARTS));
        connection.flush()
    };
    crowd.members.iter_mut().try_for_each(next)?;
    let mut hear = |_: usize, connection: &mut Connection, heard: Heard| match heard {
        Heard::Answer(2, body) if body.len() > PART => {
            read.set(read.get() + 1);
            next(connection)
        }
        Heard::Answer(2, body) => Err(format!("a part of {} bytes", body.len())),
        Heard::Refused(why) => Err(why),
        _ => Ok(()),
    };
    crowd.until("a part", &mut hear, || read.get() == parts)
}

fn get_file(location: &enums::InputFileLocation, part: usize) -> functions::upload::GetFile {
    functions::upload::GetFile {
        location: location.clone(),
        offset: (part * PART) as i64,
        limit: PART as i32,
        ..Default::default()
    }
}
