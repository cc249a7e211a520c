//! The schema as data: forms of constructors and methods, and the text they are kept in.
//!
//! A line of `schema/types.tl` or `schema/functions.tl` is ordinary TL with the layers of the form behind it:
//!
//! ```text
//! inputPeerUser#dde8a54c user_id:long access_hash:long = InputPeer; // 133-230
//! ```
//!
//! A name has one line for each form it had. `Nothing` stands for a type that we left out.

use std::fmt;

/// What a line defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A constructor of a type.
    Constructor,
    /// A method.
    Function,
}

/// One form of a constructor or method, and the layers it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Constructor or method.
    pub kind: Kind,
    /// Full name, with namespace.
    pub name: String,
    /// Id on the wire.
    pub id: u32,
    /// First layer with this form.
    pub first: u16,
    /// Last layer with this form.
    pub last: u16,
    /// Fields in the order of the wire.
    pub fields: Vec<Field>,
    /// The type it constructs, or returns.
    pub result: Type,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name as in TL.
    pub name: String,
    /// The flags field and the bit that say whether it is there.
    pub flag: Option<(String, u8)>,
    /// Its type.
    pub ty: Type,
}

/// A type as it occurs in a field or as a result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `#`.
    Flags,
    /// `true`: present or not, no bytes.
    True,
    /// `int`.
    Int,
    /// `long`.
    Long,
    /// `double`.
    Double,
    /// `int128`.
    Int128,
    /// `int256`.
    Int256,
    /// `string`.
    String,
    /// `bytes`.
    Bytes,
    /// `Bool`.
    Bool,
    /// `!X`, or the result of a wrapper.
    Any,
    /// A type that we left out.
    Nothing,
    /// `Vector<T>`.
    Vector(Box<Self>),
    /// A type with constructors.
    Named(String),
}

impl Form {
    /// Whether this form is the one of `layer`.
    #[must_use]
    pub const fn is_at(&self, layer: u16) -> bool {
        self.first <= layer && layer <= self.last
    }
}

impl Type {
    /// The type under any number of vectors.
    #[must_use]
    pub fn innermost(&self) -> &Self {
        match self {
            Self::Vector(of) => of.innermost(),
            other => other,
        }
    }

    /// The same type with its innermost part replaced.
    #[must_use]
    pub fn with_innermost(&self, by: Self) -> Self {
        match self {
            Self::Vector(of) => Self::Vector(Box::new(of.with_innermost(by))),
            _ => by,
        }
    }

    /// Reads the notation of TL.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let vector = text.strip_prefix("Vector<").or_else(|| text.strip_prefix("vector<"));
        if let Some(of) = vector.and_then(|rest| rest.strip_suffix('>')) {
            return Self::Vector(Box::new(Self::parse(of)));
        }
        match text {
            "#" => Self::Flags,
            "true" => Self::True,
            "int" => Self::Int,
            "long" => Self::Long,
            "double" => Self::Double,
            "int128" => Self::Int128,
            "int256" => Self::Int256,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "Bool" => Self::Bool,
            "X" | "!X" => Self::Any,
            "Nothing" => Self::Nothing,
            name => Self::Named(name.to_owned()),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flags => "#",
            Self::True => "true",
            Self::Int => "int",
            Self::Long => "long",
            Self::Double => "double",
            Self::Int128 => "int128",
            Self::Int256 => "int256",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Bool => "Bool",
            Self::Any => "!X",
            Self::Nothing => "Nothing",
            Self::Vector(of) => return write!(f, "Vector<{of}>"),
            Self::Named(name) => name,
        })
    }
}

impl Field {
    /// Reads `name:type` or `name:flags.N?type`; nothing for other words of TL, such as `{X:Type}`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with('{') {
            return None;
        }
        let (name, ty) = text.split_once(':')?;
        let (flag, ty) = match ty.split_once('?') {
            Some((place, ty)) => {
                let (word, bit) = place.split_once('.')?;
                (Some((word.to_owned(), bit.parse().ok()?)), ty)
            }
            None => (None, ty),
        };
        Some(Self { name: name.to_owned(), flag, ty: Type::parse(ty) })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.flag {
            Some((word, bit)) => write!(f, "{}:{word}.{bit}?{}", self.name, self.ty),
            None => write!(f, "{}:{}", self.name, self.ty),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{:08x}", self.name, self.id)?;
        if self.result == Type::Any {
            f.write_str(" {X:Type}")?;
        }
        for field in &self.fields {
            write!(f, " {field}")?;
        }
        let result =
            if self.result == Type::Any { "X".to_owned() } else { self.result.to_string() };
        write!(f, " = {result}; // {}-{}", self.first, self.last)
    }
}

/// Reads a file of forms; an error names the line.
///
/// # Errors
/// The first line that is not a form.
pub fn parse(text: &str, kind: Kind) -> Result<Vec<Form>, String> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with("//"))
        .map(|(n, line)| {
            parse_line(line, kind).ok_or_else(|| format!("line {}: not a form: {line}", n + 1))
        })
        .collect()
}

fn parse_line(line: &str, kind: Kind) -> Option<Form> {
    let (definition, layers) = line.split_once("; // ")?;
    let (first, last) = layers.trim().split_once('-')?;
    let (left, result) = definition.split_once(" = ")?;
    let mut words = left.split_whitespace();
    let (name, id) = words.next()?.split_once('#')?;
    let fields = words
        .filter(|word| !word.starts_with('{'))
        .map(Field::parse)
        .collect::<Option<Vec<_>>>()?;
    Some(Form {
        kind,
        name: name.to_owned(),
        id: u32::from_str_radix(id, 16).ok()?,
        first: first.parse().ok()?,
        last: last.parse().ok()?,
        fields,
        result: Type::parse(result.trim()),
    })
}

#[cfg(test)]
mod tests {
    use super::{Kind, Type, parse};

    #[test]
    fn line_reads_and_writes_alike() {
        for line in [
            "inputPeerUser#dde8a54c user_id:long access_hash:long = InputPeer; // 133-230",
            "a.b#0000000f flags:# c:flags.3?true d:flags.31?Vector<Vector<Nothing>> = a.B; // 140-140",
            "invokeWithLayer#da9b0d0d {X:Type} layer:int query:!X = X; // 133-230",
        ] {
            let forms = parse(line, Kind::Constructor).unwrap();
            assert_eq!(forms[0].to_string(), line);
        }
    }

    #[test]
    fn line_without_layers_is_refused() {
        assert!(parse("true#3fedd339 = True;", Kind::Constructor).is_err());
    }

    #[test]
    fn innermost_looks_through_vectors() {
        let ty = Type::parse("Vector<Vector<User>>");
        assert_eq!(ty.innermost(), &Type::Named("User".to_owned()));
        assert_eq!(ty.with_innermost(Type::Nothing).to_string(), "Vector<Vector<Nothing>>");
    }
}
