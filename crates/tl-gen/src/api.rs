//! Writes the Rust types of the canonical layer.
//!
//! The generated code is plain and repetitive on purpose: no macros and few generics, so that it compiles fast.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::names;
use crate::schema::{Field, Form, Kind, Type};
use crate::shape::{Shape, is_taken};

/// What goes into `OUT_DIR`, each text for one module.
#[derive(Clone, Debug, Default)]
pub struct Api {
    /// One struct for each constructor with fields.
    pub types: String,
    /// One enum for each type.
    pub enums: String,
    /// One struct for each method.
    pub functions: String,
    /// `NAMES`, sorted by id, and `FUNCTIONS`.
    pub names: String,
    /// `Owner.field` of each field that is in a box.
    pub boxed: Vec<String>,
}

/// Writes the types of `layer`.
#[must_use]
pub fn generate(forms: &[Form], layer: u16) -> Api {
    let forms: Vec<&Form> = forms.iter().filter(|form| form.is_at(layer)).collect();
    let shape = Shape::of(&forms);
    let mut types = Modules::default();
    let mut enums = Modules::default();
    let mut functions = Modules::default();
    for form in &forms {
        match form.kind {
            Kind::Function => functions.add(&form.name, &function(form, &shape)),
            Kind::Constructor if is_unit(form) => {}
            Kind::Constructor => types.add(&form.name, &constructor(form, &shape)),
        }
    }
    for (name, members) in shape.types() {
        enums.add(name, &enumeration(name, members, &shape));
    }
    Api {
        types: types.text(),
        enums: enums.text(),
        functions: functions.text(),
        names: names_text(&forms),
        boxed: shape.boxed().map(str::to_owned).collect(),
    }
}

/// Whether a constructor has nothing to keep, and so becomes a variant without content.
pub(crate) fn is_unit(form: &Form) -> bool {
    form.fields.iter().all(|field| field.ty == Type::Flags)
}

/// Code by namespace; the first is the root.
#[derive(Default)]
struct Modules(BTreeMap<String, String>);

impl Modules {
    fn add(&mut self, name: &str, code: &str) {
        let space = name.rsplit_once('.').map_or("", |(space, _)| space);
        self.0.entry(space.to_owned()).or_default().push_str(code);
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let header = "use tl_codec::{Deserialize,Reader,Result,Serialize,Writer};\n";
        out.push_str(header);
        for (space, code) in &self.0 {
            match space.as_str() {
                "" => out.push_str(code),
                name => {
                    _ = write!(
                        out,
                        "/// Namespace `{name}`.\npub mod {name} {{\n{header}{code}}}\n"
                    );
                }
            }
        }
        out
    }
}

fn constructor(form: &Form, shape: &Shape<'_>) -> String {
    let mut out = definition(form, shape);
    let (name, id, tl) = (names::camel(&form.name), form.id, &form.name);
    _ = writeln!(
        out,
        "impl crate::Constructor for {name} {{ const ID:u32=0x{id:08x}; const NAME:&'static str=\"{tl}\"; }}"
    );
    _ = write!(out, "impl Serialize for {name} {{ fn serialize(&self,_w:&mut Writer) {{ ");
    out.push_str(&writes(form));
    out.push_str("} }\n");
    out.push_str(&reads(form, &name));
    if let Type::Named(of) = &form.result {
        let path = names::path("enums", of);
        _ = writeln!(
            out,
            "impl From<{name}> for {path} {{ fn from(x:{name})->Self {{ Self::{name}(x) }} }}"
        );
    }
    out
}

fn function(form: &Form, shape: &Shape<'_>) -> String {
    let mut out = definition(form, shape);
    let (name, id, tl) = (names::camel(&form.name), form.id, &form.name);
    let result = names::rust(&form.result, "crate::Raw");
    _ = writeln!(
        out,
        "impl crate::Function for {name} {{ const ID:u32=0x{id:08x}; const NAME:&'static str=\"{tl}\"; type Return={result}; }}"
    );
    _ = write!(
        out,
        "impl Serialize for {name} {{ fn serialize(&self,_w:&mut Writer) {{ _w.u32(0x{id:08x}); "
    );
    out.push_str(&writes(form));
    out.push_str("} }\n");
    out.push_str(&reads(form, &name));
    out
}

/// The struct itself.
fn definition(form: &Form, shape: &Shape<'_>) -> String {
    let text = form.to_string();
    let tl = text.split_once("; //").map_or("", |(tl, _)| tl);
    let mut out = format!(
        "/// `{tl}`\n#[derive(Clone,Debug,Default,PartialEq)]\npub struct {} {{",
        names::camel(&form.name)
    );
    for field in form.fields.iter().filter(|field| field.ty != Type::Flags) {
        let ty = field_type(form, field, shape);
        _ = write!(out, "pub {}:{ty},", names::field(&field.name));
    }
    out.push_str("}\n");
    out
}

fn field_type(form: &Form, field: &Field, shape: &Shape<'_>) -> String {
    let mut ty = names::rust(&field.ty, "Vec<u8>");
    if shape.is_boxed(form, field) {
        ty = format!("Box<{ty}>");
    }
    match (&field.flag, &field.ty) {
        (Some(_), Type::True) | (None, _) => ty,
        (Some(_), _) => format!("Option<{ty}>"),
    }
}

/// Statements that write the fields: flags are computed where they stand.
fn writes(form: &Form) -> String {
    let mut out = String::new();
    for field in &form.fields {
        let name = names::field(&field.name);
        match (&field.ty, &field.flag) {
            (Type::Flags, _) => {
                let bits = flag_bits(form, &field.name);
                _ = write!(out, "let {name}:u32={bits}; _w.u32({name}); ");
            }
            (Type::True, _) => {}
            (Type::Any, _) => _ = write!(out, "_w.raw(&self.{name}); "),
            (_, Some((word, bit))) if is_taken(form, field) => {
                _ = write!(
                    out,
                    "crate::field::shared(_w,{word}&{}!=0,&self.{name}); ",
                    1u32 << bit
                );
            }
            (_, Some(_)) => _ = write!(out, "crate::field::put(_w,&self.{name}); "),
            (_, None) => _ = write!(out, "self.{name}.serialize(_w); "),
        }
    }
    out
}

fn flag_bits(form: &Form, word: &str) -> String {
    let of_word = form.fields.iter().filter_map(|field| {
        let (in_word, bit) = field.flag.as_ref()?;
        let name = names::field(&field.name);
        let is_set = if field.ty == Type::True { "" } else { ".is_some()" };
        let shift = if *bit == 0 { String::new() } else { format!("<<{bit}") };
        (in_word == word).then(|| format!("u32::from(self.{name}{is_set}){shift}"))
    });
    let bits = of_word.collect::<Vec<_>>().join("|");
    if bits.is_empty() { "0".to_owned() } else { bits }
}

/// The whole `impl Deserialize`.
fn reads(form: &Form, name: &str) -> String {
    let mut out = format!(
        "impl Deserialize for {name} {{ fn deserialize(_r:&mut Reader<'_>)->Result<Self> {{ "
    );
    let mut kept = Vec::new();
    for field in &form.fields {
        let name = names::field(&field.name);
        _ = match (&field.ty, &field.flag) {
            (Type::Flags, _) => write!(out, "let {name}=_r.u32()?; "),
            (Type::True, Some((word, bit))) => {
                write!(out, "let {name}={word}&{}!=0; ", 1u32 << bit)
            }
            (Type::Any, _) => write!(out, "let {name}=crate::field::rest(_r)?; "),
            (_, Some((word, bit))) => {
                write!(out, "let {name}=crate::field::opt(_r,{word}&{}!=0)?; ", 1u32 << bit)
            }
            (_, None) => write!(out, "let {name}=crate::field::get(_r)?; "),
        };
        if field.ty != Type::Flags {
            kept.push(name);
        }
    }
    // A flags word that no field of ours uses is read and ignored.
    for field in form.fields.iter().filter(|field| field.ty == Type::Flags) {
        if !form
            .fields
            .iter()
            .any(|other| other.flag.as_ref().is_some_and(|(word, _)| *word == field.name))
        {
            _ = write!(out, "_={}; ", names::field(&field.name));
        }
    }
    _ = writeln!(out, "Ok(Self {{{}}}) }} }}", kept.join(","));
    out
}

/// Constructors of `InputPeer` that clients send where an `InputUser` or `InputChannel` belongs (Pyrogram and its kin do so
/// everywhere, and the official server takes them): what they stand for, and their id. The fields are the same.
const ALSO_READ: &[(&str, u32)] = &[
    ("inputUserEmpty", 0x7f3b_18ea),
    ("inputUserSelf", 0x7da0_7ec9),
    ("inputUser", 0xdde8_a54c),
    ("inputUserFromMessage", 0xa87b_0a1c),
    ("inputChannelEmpty", 0x7f3b_18ea),
    ("inputChannel", 0x27bc_bbfc),
    ("inputChannelFromMessage", 0xbd2a_0840),
];

fn enumeration(name: &str, members: &[&Form], shape: &Shape<'_>) -> String {
    let of = names::camel(name);
    let default = shape.default_of(name);
    let mut variants = String::new();
    let mut writes = String::new();
    let mut reads = String::new();
    for form in members {
        let (variant, id) = (names::camel(&form.name), form.id);
        let also = ALSO_READ.iter().find(|(name, _)| *name == form.name);
        let also = also.map_or(String::new(), |(_, id)| format!("|0x{id:08x}"));
        if is_unit(form) {
            let flags = form.fields.len();
            let mark = if default == Some(form.name.as_str()) { "#[default]" } else { "" };
            _ = write!(variants, "/// `{}`\n{mark}{variant},\n", form.name);
            _ = write!(
                writes,
                "Self::{variant}=>{{_w.u32(0x{id:08x});{}}}",
                "_w.u32(0);".repeat(flags)
            );
            _ = write!(
                reads,
                "0x{id:08x}{also}=>{{{}Self::{variant}}}",
                "_r.u32()?;".repeat(flags)
            );
        } else {
            let path = names::path("types", &form.name);
            _ = write!(variants, "/// `{}`\n{variant}({path}),\n", form.name);
            _ = write!(writes, "Self::{variant}(x)=>{{_w.u32(0x{id:08x});x.serialize(_w);}}");
            _ = write!(reads, "0x{id:08x}{also}=>Self::{variant}(crate::field::get(_r)?),");
        }
    }
    let default_form = members.iter().find(|form| Some(form.name.as_str()) == default);
    let (derive, default_impl) = match default_form {
        Some(form) if !is_unit(form) => {
            let variant = names::camel(&form.name);
            let imp = format!(
                "impl Default for {of} {{ fn default()->Self {{ Self::{variant}(Default::default()) }} }}\n"
            );
            ("Clone,Debug,PartialEq", imp)
        }
        _ => ("Clone,Debug,Default,PartialEq", String::new()),
    };
    format!(
        "/// `{name}`\n#[derive({derive})]\npub enum {of} {{\n{variants}}}\n{default_impl}\
         impl Serialize for {of} {{ fn serialize(&self,_w:&mut Writer) {{ match self {{{writes}}} }} }}\n\
         impl Deserialize for {of} {{ fn deserialize(_r:&mut Reader<'_>)->Result<Self> {{ _r.descend()?; \
         let x=match _r.u32()? {{{reads}id=>return Err(tl_codec::Error::UnknownConstructor{{id,expected:\"{name}\"}})}}; \
         _r.ascend(); Ok(x) }} }}\n"
    )
}

fn names_text(forms: &[&Form]) -> String {
    let all: BTreeMap<u32, &str> = forms.iter().map(|form| (form.id, form.name.as_str())).collect();
    let functions: BTreeSet<(&str, u32)> = forms
        .iter()
        .filter(|form| form.kind == Kind::Function)
        .map(|form| (form.name.as_str(), form.id))
        .collect();
    let mut out = format!("pub(crate) static NAMES:[(u32,&str);{}]=[", all.len());
    for (id, name) in &all {
        _ = write!(out, "(0x{id:08x},\"{name}\"),");
    }
    _ = write!(
        out,
        "];\n/// Name and id of each method, by name.\npub static FUNCTIONS:[(&str,u32);{}]=[",
        functions.len()
    );
    for (name, id) in &functions {
        _ = write!(out, "(\"{name}\",0x{id:08x}),");
    }
    out.push_str("];\n");
    out
}

#[cfg(test)]
mod tests {
    use super::generate;
    use crate::schema::{Kind, parse};

    #[test]
    fn flags_are_computed_and_shared_bits_stay_together() {
        let forms = parse(
            "a#1 flags:# b:flags.0?true c:flags.0?int d:flags.1?long = A; // 1-1",
            Kind::Constructor,
        );
        let api = generate(&forms.unwrap(), 1);
        assert!(
            api.types.contains("pub b:bool,pub c:Option<i32>,pub d:Option<i64>,"),
            "{}",
            api.types
        );
        assert!(api.types.contains("shared(_w,flags&1!=0,&self.c);"), "{}", api.types);
        assert!(api.types.contains("put(_w,&self.d);"), "{}", api.types);
    }

    #[test]
    fn recursion_is_boxed_where_a_vector_does_not_break_it() {
        let text = "a#1 a:A = A; // 1-1\nb#2 = A; // 1-1\nc#3 c:Vector<C> = C; // 1-1";
        let api = generate(&parse(text, Kind::Constructor).unwrap(), 1);
        assert_eq!(api.boxed, ["a.a"]);
        assert!(api.types.contains("pub a:Box<crate::enums::A>"), "{}", api.types);
    }
}
