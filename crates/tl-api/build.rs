//! Writes the canonical types into `OUT_DIR`.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use tl_gen::schema::{Kind, parse};

const LAYER: u16 = 230;

fn main() -> Result<(), Box<dyn Error>> {
    let schema = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../schema");
    let mut forms = Vec::new();
    for (file, kind) in [("types.tl", Kind::Constructor), ("functions.tl", Kind::Function)] {
        let path = schema.join(file);
        forms.extend(parse(&fs::read_to_string(&path)?, kind)?);
        println!("cargo::rerun-if-changed={}", path.display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    let api = tl_gen::api::generate(&forms, LAYER);
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    fs::write(out.join("types.rs"), api.types)?;
    fs::write(out.join("enums.rs"), api.enums)?;
    fs::write(out.join("functions.rs"), api.functions)?;
    fs::write(out.join("names.rs"), api.names)?;
    fs::write(out.join("boxed.txt"), api.boxed.join("\n"))?;
    Ok(())
}
