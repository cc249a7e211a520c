//! What is read, against what was acknowledged.

use std::collections::BTreeMap;

use tl_api::{enums, functions, types};

use super::job::{Job, PART, PARTS, content};
use super::read::Line;
use crate::client::Client;
use crate::server::Result;

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Exactly what was acknowledged, in order, and the pending act at the end or not at all.
pub(super) async fn check(job: &Job, lines: &[Line], place: &str) -> Result<()> {
    let found: Vec<String> = lines
        .iter()
        .filter(|line| line.text.split(' ').next() == Some(job.name))
        .map(|line| line.text.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    let ledger = job.ledger.lock().await;
    let acknowledged = ledger.acknowledged.len();
    let rest = found.get(acknowledged..).unwrap_or_default();
    let is_sound = found.starts_with(&ledger.acknowledged)
        && match (rest, &ledger.pending) {
            ([], _) => true,
            ([text], Some(pending)) => *text == pending.text,
            _ => false,
        };
    if is_sound {
        return Ok(());
    }
    let mut times: BTreeMap<&String, i32> = BTreeMap::new();
    for text in &found {
        *times.entry(text).or_default() += 1;
    }
    let doubled = times.values().filter(|count| **count > 1).count();
    let lost = ledger.acknowledged.iter().filter(|text| !times.contains_key(text)).count();
    Err(format!(
        "{}: {place} has {} of {acknowledged} acknowledged: {lost} lost, {doubled} doubled, or another order",
        job.name,
        found.len()
    ))
}

/// Downloads every file and compares its bytes.
pub(super) async fn check_files(
    client: &mut Client,
    peer: &enums::InputPeer,
    lines: &[Line],
) -> Result<()> {
    for line in lines.iter().filter(|line| line.text.starts_with("file ")) {
        let number = line.text.split(' ').nth(2).ok_or("a file without its number")?;
        let file_id: i64 = number.parse().map_err(text)?;
        let location = locate(client, peer, line.id).await?;
        for part in 0..PARTS {
            let length = i32::try_from(PART).map_err(text)?;
            let request = functions::upload::GetFile {
                precise: true,
                cdn_supported: false,
                location: location.clone(),
                offset: i64::from(part * length),
                limit: length,
            };
            let answer = client.call(&request).await.map_err(text)?;
            let enums::upload::File::File(file) = answer else {
                return Err("a file elsewhere".to_owned());
            };
            if file.bytes != content(file_id, part) {
                return Err(format!("{}: part {part} has other bytes", line.text));
            }
        }
    }
    Ok(())
}

async fn locate(
    client: &mut Client,
    peer: &enums::InputPeer,
    id: i32,
) -> Result<enums::InputFileLocation> {
    let request = functions::messages::GetHistory {
        peer: peer.clone(),
        offset_id: id + 1,
        limit: 1,
        ..Default::default()
    };
    let messages = match client.call(&request).await.map_err(text)? {
        enums::messages::Messages::Messages(page) => page.messages,
        enums::messages::Messages::MessagesSlice(page) => page.messages,
        _ => return Err("an unexpected history".to_owned()),
    };
    let Some(enums::Message::Message(message)) = messages.first() else {
        return Err("no message".to_owned());
    };
    let Some(enums::MessageMedia::MessageMediaDocument(media)) = &message.media else {
        return Err(format!("{} has no document", message.message));
    };
    let Some(enums::Document::Document(document)) = &media.document else {
        return Err(format!("{} has no document", message.message));
    };
    Ok(types::InputDocumentFileLocation {
        id: document.id,
        access_hash: document.access_hash,
        file_reference: document.file_reference.clone(),
        thumb_size: String::new(),
    }
    .into())
}
