//! Writes the tables of all layers into `OUT_DIR`.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use tl_gen::schema::{Kind, parse};

fn main() -> Result<(), Box<dyn Error>> {
    let schema = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../schema");
    let read = |file: &str| {
        let path = schema.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        fs::read_to_string(path)
    };
    println!("cargo::rerun-if-changed=build.rs");
    let mut forms = parse(&read("types.tl")?, Kind::Constructor)?;
    forms.extend(parse(&read("functions.tl")?, Kind::Function)?);
    let layers = read("layers.txt")?.lines().map(str::parse).collect::<Result<Vec<u16>, _>>()?;
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    fs::write(out.join("tables.rs"), tl_gen::tables::generate(&forms, &layers))?;
    let canonical = layers.last().copied().unwrap_or_default();
    fs::write(out.join("oracle.rs"), tl_gen::oracle::generate(&forms, canonical))?;
    Ok(())
}
