//! `cargo xtask schema`: keeps `schema/` and reports what a layer changes.
//!
//! Without arguments it prints one line a layer, with a layer's number what that layer has otherwise than the canonical one.
//!
//! `derive HISTORY` rewrites `schema/{layers.txt,types.tl,functions.tl}` from a table of facts, one line a form: kind,
//! name, first and last layer, id, fields, result, separated by tabs. `served.txt` and `left-out.txt` are kept by hand.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tl_gen::compare::{Difference, compare};
use tl_gen::derive::{Choice, restrict};
use tl_gen::schema::{Field, Form, Kind, Type, parse};

/// Runs the command; the error is what to tell the caller.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    match args {
        [command, history] if command == "derive" => derive(Path::new(history)),
        [] => report_all(),
        [layer] => report(layer.parse().map_err(|_| format!("not a layer: {layer}"))?),
        _ => Err("usage: cargo xtask schema [LAYER | derive HISTORY]".to_owned()),
    }
}

fn schema_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema")
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn say(line: &str) -> Result<(), String> {
    writeln!(std::io::stdout(), "{line}").map_err(|error| error.to_string())
}

fn derive(history: &Path) -> Result<(), String> {
    let dir = schema_dir();
    let text = read(history)?;
    let choice = Choice::parse(&read(&dir.join("served.txt"))?, &read(&dir.join("left-out.txt"))?)?;
    let layers = layers(&text).ok_or("no line `# layers: ...` in the history")?;
    let forms = forms(&text)?;
    for name in choice.served() {
        if !forms.iter().any(|form| form.kind == Kind::Function && form.name == *name) {
            return Err(format!("served.txt: no method {name}"));
        }
    }
    for pattern in choice.idle_patterns(&forms) {
        say(&format!("left-out.txt: {pattern} matches nothing"))?;
    }
    let kept = restrict(&forms, &layers, &choice);
    let names: Vec<String> = layers.iter().map(ToString::to_string).collect();
    write(&dir.join("layers.txt"), &format!("{}\n", names.join("\n")))?;
    write_forms(&dir.join("types.tl"), &kept, Kind::Constructor)?;
    write_forms(&dir.join("functions.tl"), &kept, Kind::Function)?;
    for (kind, what) in [(Kind::Constructor, "constructors"), (Kind::Function, "functions")] {
        let of_kind = || kept.iter().filter(|form| form.kind == kind);
        let at_last =
            layers.last().map_or(0, |last| of_kind().filter(|form| form.is_at(*last)).count());
        say(&format!("{what}: {} forms, {at_last} at the canonical layer", of_kind().count()))?;
    }
    Ok(())
}

fn layers(history: &str) -> Option<Vec<u16>> {
    let line = history.lines().find_map(|line| line.strip_prefix("# layers:"))?;
    line.split_whitespace().map(|layer| layer.parse().ok()).collect()
}

fn forms(history: &str) -> Result<Vec<Form>, String> {
    history
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| form(line).ok_or_else(|| format!("not a form: {line}")))
        .collect()
}

fn form(line: &str) -> Option<Form> {
    let [kind, name, first, last, id, fields, result] =
        line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    Some(Form {
        kind: if kind == "type" { Kind::Constructor } else { Kind::Function },
        name: name.to_owned(),
        id: u32::from_str_radix(id, 16).ok()?,
        first: first.parse().ok()?,
        last: last.parse().ok()?,
        fields: fields.split_whitespace().filter_map(Field::parse).collect(),
        result: Type::parse(result),
    })
}

fn write_forms(path: &Path, forms: &[Form], kind: Kind) -> Result<(), String> {
    let mut forms: Vec<&Form> = forms.iter().filter(|form| form.kind == kind).collect();
    let sorting = |form: &&Form| (form.name.contains('.'), form.name.clone(), form.first);
    forms.sort_by_key(sorting);
    let mut text =
        String::from("// Written by `cargo xtask schema derive`: every form, with its layers.\n");
    for form in forms {
        text.push_str(&form.to_string());
        text.push('\n');
    }
    write(path, &text)
}

/// The project's own forms, and the layers they are of.
fn own() -> Result<(Vec<Form>, Vec<u16>), String> {
    let dir = schema_dir();
    let mut forms = parse(&read(&dir.join("types.tl"))?, Kind::Constructor)?;
    forms.extend(parse(&read(&dir.join("functions.tl"))?, Kind::Function)?);
    let layers = read(&dir.join("layers.txt"))?;
    let layers = layers.lines().map(|line| line.parse().map_err(|_| format!("layers.txt: {line}")));
    Ok((forms, layers.collect::<Result<_, _>>()?))
}

/// Same, by name, by hand, unknown.
fn counts(forms: &[Form], canonical: u16, layer: u16, kind: Kind) -> [usize; 4] {
    let mut counts = [0; 4];
    for (_, difference) in compare(forms, canonical, layer, kind) {
        let [same, by_name, by_hand, unknown] = &mut counts;
        *match difference {
            Difference::Same => same,
            Difference::ByName => by_name,
            Difference::ByHand(_) => by_hand,
            Difference::Unknown => unknown,
        } += 1;
    }
    counts
}

fn report_all() -> Result<(), String> {
    let (forms, layers) = own()?;
    let canonical = layers.last().copied().unwrap_or_default();
    say("layer  constructors: same, by name, by hand, unknown  methods: the same")?;
    for &layer in &layers {
        let [a, b, c, d] = counts(&forms, canonical, layer, Kind::Constructor);
        let [e, f, g, h] = counts(&forms, canonical, layer, Kind::Function);
        say(&format!("{layer:5}  {a:4} {b:4} {c:4} {d:4}  {e:4} {f:4} {g:4} {h:4}"))?;
    }
    Ok(())
}

fn report(layer: u16) -> Result<(), String> {
    let (forms, layers) = own()?;
    let canonical = layers.last().copied().unwrap_or_default();
    let Some(layer) = layers.iter().rev().find(|published| **published <= layer).copied() else {
        return Err(format!("layer {layer} is older than the first one served"));
    };
    for (kind, what) in [(Kind::Constructor, "constructors"), (Kind::Function, "methods")] {
        let [same, by_name, by_hand, unknown] = counts(&forms, canonical, layer, kind);
        say(&format!(
            "layer {layer}, {what}: {same} same, {by_name} by name, {by_hand} by hand, {unknown} unknown"
        ))?;
        for (form, difference) in compare(&forms, canonical, layer, kind) {
            match difference {
                Difference::Same => {}
                Difference::ByName => say(&format!("  by name  {}", form.name))?,
                Difference::ByHand(why) => {
                    say(&format!("  by hand  {} ({})", form.name, why.join("; ")))?
                }
                Difference::Unknown => say(&format!("  unknown  {}", form.name))?,
            }
        }
    }
    Ok(())
}
