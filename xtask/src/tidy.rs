//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! Who may import whom, a reason for every dependency, no file too long, nothing unfinished, no path of a machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Longest file that needs no reason, in lines. Files of flat data are named below.
const LONGEST: usize = 800;

/// Who may depend on which crate of ours, besides itself. What is not listed may not.
const MAY_SEE: &[(&str, &[&str])] = &[
    ("tl-codec", &[]),
    ("tl-gen", &[]),
    ("tl-api", &["tl-codec", "tl-gen"]),
    ("crypto", &[]),
    ("mtproto", &["tl-codec", "crypto"]),
    ("layers", &["tl-codec", "tl-gen", "tl-api"]),
    ("model", &[]),
    ("store", &["model"]),
    ("backends", &["crypto", "model", "store"]),
    ("services", &["model", "store", "crypto"]),
    ("rpc", &["model", "services", "tl-api", "tl-codec"]),
    (
        "gateway",
        &["crypto", "layers", "model", "mtproto", "rpc", "services", "store", "tl-api", "tl-codec"],
    ),
    ("web", &["model", "services"]),
    (
        "server",
        &["backends", "crypto", "gateway", "model", "mtproto", "rpc", "services", "store", "web"],
    ),
    (
        "bench",
        &["backends", "crypto", "model", "mtproto", "services", "store", "tl-api", "tl-codec"],
    ),
    ("xtask", &["tl-gen"]),
];

/// Words that a crate's sources may not contain, outside of tests: what it must not know.
const MUST_NOT_NAME: &[(&str, &[&str])] = &[
    ("tl-codec", &["tokio", "SystemTime", "Instant::now", "std::net"]),
    ("crypto", &["tokio", "SystemTime", "Instant::now", "std::net", "getrandom"]),
    ("mtproto", &["tokio", "SystemTime", "Instant::now", "std::net::", "getrandom", "tl_api"]),
    ("layers", &["tokio", "SystemTime", "Instant::now", "std::net", "getrandom"]),
    ("model", &["tokio", "SystemTime", "Instant::now", "std::net", "rusqlite"]),
    ("store", &["rusqlite", "tl_api"]),
    ("services", &["tl_api", "rusqlite", "axum", "SystemTime::now", "Instant::now"]),
    ("rpc", &["rusqlite", "axum", "SystemTime::now", "Instant::now", "TcpStream"]),
    ("web", &["tl_api", "rusqlite", "rpc::"]),
];

/// Runs every rule and lists what is wrong.
pub(crate) fn run() -> Result<(), String> {
    let root = root()?;
    let mut wrong = Vec::new();
    let crates = manifests(&root)?;
    for (name, manifest) in &crates {
        imports(name, manifest, &crates, &mut wrong);
    }
    reasons(&root, &crates, &mut wrong)?;
    let mut sources = Vec::new();
    for folder in ["crates", "xtask", "fuzz", "tests", "schema", "docs"] {
        collect(&root.join(folder), &mut sources)?;
    }
    for path in &sources {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let shown = path.strip_prefix(&root).unwrap_or(path).display().to_string();
        lengths(&shown, &text, &mut wrong);
        words(&shown, &text, &mut wrong);
    }
    architecture(&root, &crates, &mut wrong)?;
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{}\ntidy: {} faults", wrong.join("\n"), wrong.len()))
    }
}

fn root() -> Result<PathBuf, String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(Path::to_owned).ok_or_else(|| "xtask has no parent folder".to_owned())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Our crates by name, with the text of their manifests.
fn manifests(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    let folder = fs::read_dir(root.join("crates")).map_err(|error| error.to_string())?;
    let mut paths: Vec<PathBuf> =
        folder.filter_map(Result::ok).map(|entry| entry.path().join("Cargo.toml")).collect();
    paths.push(root.join("xtask/Cargo.toml"));
    for path in paths {
        let text = read(&path)?;
        let name = text
            .lines()
            .find_map(|line| line.strip_prefix("name = "))
            .unwrap_or_default()
            .trim_matches('"')
            .to_owned();
        found.insert(name, text);
    }
    Ok(found)
}

/// The names in the dependency tables of a manifest; development ones count apart.
fn dependencies(manifest: &str, with_development: bool) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = matches!(line, "[dependencies]" | "[build-dependencies]")
                || (with_development && line == "[dev-dependencies]");
        } else if inside
            && let Some(name) = line
                .split(['.', ' ', '='])
                .next()
                .filter(|name| !name.is_empty() && !name.starts_with('#'))
        {
            names.insert(name.to_owned());
        }
    }
    names
}

fn imports(name: &str, manifest: &str, crates: &BTreeMap<String, String>, wrong: &mut Vec<String>) {
    let Some((_, allowed)) = MAY_SEE.iter().find(|(known, _)| *known == name) else {
        wrong.push(format!("crate {name} is not in tidy's table of who may see whom"));
        return;
    };
    for dependency in
        dependencies(manifest, false).iter().filter(|dependency| crates.contains_key(*dependency))
    {
        if !allowed.contains(&dependency.as_str()) {
            wrong.push(format!("{name} may not depend on {dependency}"));
        }
    }
}

/// Every direct dependency has a line in DEPS.md, and every line a dependency.
fn reasons(
    root: &Path,
    crates: &BTreeMap<String, String>,
    wrong: &mut Vec<String>,
) -> Result<(), String> {
    let text = read(&root.join("DEPS.md"))?;
    let given: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect();
    let used: BTreeSet<String> = crates
        .values()
        .flat_map(|manifest| dependencies(manifest, true))
        .filter(|name| !crates.contains_key(name))
        .collect();
    for name in used.difference(&given) {
        wrong.push(format!("DEPS.md gives no reason for {name}"));
    }
    for name in given.difference(&used) {
        wrong.push(format!("DEPS.md names {name}, which nothing uses"));
    }
    Ok(())
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if !matches!(
                name.to_str(),
                Some("target" | "node_modules" | "corpus" | "artifacts" | "__pycache__")
            ) {
                collect(&path, found)?;
            }
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn lengths(shown: &str, text: &str, wrong: &mut Vec<String>) {
    let lines = text.lines().count();
    if shown.ends_with(".rs") && lines > LONGEST {
        wrong.push(format!("{shown} has {lines} lines; {LONGEST} is the bound"));
    }
}

fn words(shown: &str, text: &str, wrong: &mut Vec<String>) {
    // Put together here, so that this file does not contain what it looks for.
    for unfinished in [
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("#[ig", "nore"),
        concat!("FIX", "ME"),
    ] {
        if shown.ends_with(".rs") && text.contains(unfinished) {
            wrong.push(format!("{shown} contains {unfinished}"));
        }
    }
    let Some((name, _)) = shown.strip_prefix("crates/").and_then(|rest| rest.split_once('/'))
    else {
        return;
    };
    let Some((_, banned)) = MUST_NOT_NAME.iter().find(|(known, _)| *known == name) else { return };
    if !shown.contains("/src/")
        || shown.contains("/tests")
        || shown.contains("conformance")
        || shown.contains("testing")
    {
        return;
    }
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    for (number, line) in
        code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
    {
        for word in banned.iter().filter(|word| line.contains(**word)) {
            wrong.push(format!("{shown}:{}: {name} must not name {word}", number + 1));
        }
    }
}

/// ARCHITECTURE.md describes each crate, and no other.
fn architecture(
    root: &Path,
    crates: &BTreeMap<String, String>,
    wrong: &mut Vec<String>,
) -> Result<(), String> {
    let text = read(&root.join("ARCHITECTURE.md"))?;
    let described: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("### `")?.split('`').next()).collect();
    for name in crates.keys().filter(|name| !described.contains(name.as_str())) {
        wrong.push(format!("ARCHITECTURE.md does not describe {name}"));
    }
    for name in described.iter().filter(|name| !crates.contains_key(**name)) {
        wrong.push(format!("ARCHITECTURE.md describes {name}, which does not exist"));
    }
    Ok(())
}
