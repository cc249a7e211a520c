//! Restricts a whole schema to what the served methods reach.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::schema::{Form, Kind, Type};

/// What is served, and what is left out although it is reached.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    served: BTreeSet<String>,
    types: Vec<String>,
    constructors: Vec<String>,
}

impl Choice {
    /// Reads `served.txt` and `left-out.txt`.
    ///
    /// # Errors
    /// A line of `left-out.txt` that is neither `type PATTERN` nor `constructor PATTERN`.
    pub fn parse(served: &str, left_out: &str) -> Result<Self, String> {
        let mut choice =
            Self { served: lines(served).map(str::to_owned).collect(), ..Self::default() };
        for line in lines(left_out) {
            match line.split_once(' ') {
                Some(("type", pattern)) => choice.types.push(pattern.to_owned()),
                Some(("constructor", pattern)) => choice.constructors.push(pattern.to_owned()),
                _ => return Err(format!("left-out.txt: {line}")),
            }
        }
        Ok(choice)
    }

    /// The served methods' names.
    #[must_use]
    pub const fn served(&self) -> &BTreeSet<String> {
        &self.served
    }

    /// Patterns that match nothing in `forms`: spelling mistakes, or gone.
    #[must_use]
    pub fn idle_patterns(&self, forms: &[Form]) -> Vec<&str> {
        let types: BTreeSet<String> = forms.iter().map(|form| form.result.to_string()).collect();
        let is_idle_type = |p: &&String| !types.iter().any(|name| matches(p, name));
        let is_idle = |p: &&String| !forms.iter().any(|form| matches(p, &form.name));
        let idle_types = self.types.iter().filter(is_idle_type);
        idle_types.chain(self.constructors.iter().filter(is_idle)).map(String::as_str).collect()
    }

    fn leaves_out(&self, form: &Form) -> bool {
        let Type::Named(of) = &form.result else { return false };
        self.types.iter().any(|pattern| matches(pattern, of))
            || self.constructors.iter().any(|pattern| matches(pattern, &form.name))
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether `name` fits `pattern`, where `*` stands for any characters.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(tail) = name.strip_prefix(head) else { return false };
    let mut starts = tail.char_indices().map(|(at, _)| at).chain([tail.len()]);
    starts.any(|at| tail.get(at..).is_some_and(|tail| matches(rest, tail)))
}

/// The forms that the served methods reach at any of `layers`, with left-out types as [`Type::Nothing`].
#[must_use]
pub fn restrict(forms: &[Form], layers: &[u16], choice: &Choice) -> Vec<Form> {
    let alive = alive(forms, choice);
    let usable: Vec<Form> = forms
        .iter()
        .filter(|form| form.kind == Kind::Function || !choice.leaves_out(form))
        .filter_map(|form| without_dead(form, &alive))
        .collect();
    let mut by_type: BTreeMap<&str, Vec<&Form>> = BTreeMap::new();
    for form in usable.iter().filter(|form| form.kind == Kind::Constructor) {
        if let Type::Named(of) = &form.result {
            by_type.entry(of).or_default().push(form);
        }
    }
    let mut reached: HashSet<(&str, u16)> = HashSet::new();
    for &layer in layers {
        let mut open: Vec<&Form> = usable
            .iter()
            .filter(|form| {
                form.kind == Kind::Function
                    && choice.served.contains(&form.name)
                    && form.is_at(layer)
            })
            .collect();
        let mut seen: HashSet<&str> = HashSet::new();
        while let Some(form) = open.pop() {
            reached.insert((&form.name, form.first));
            for of in types_of(form) {
                if seen.insert(of) {
                    open.extend(
                        by_type.get(of).into_iter().flatten().filter(|form| form.is_at(layer)),
                    );
                }
            }
        }
    }
    usable
        .iter()
        .filter(|form| reached.contains(&(form.name.as_str(), form.first)))
        .cloned()
        .collect()
}

/// Names of the types that a form's fields and result have.
fn types_of(form: &Form) -> impl Iterator<Item = &str> {
    let result = (form.kind == Kind::Function).then_some(&form.result);
    form.fields.iter().map(|field| &field.ty).chain(result).filter_map(|ty| match ty.innermost() {
        Type::Named(name) => Some(name.as_str()),
        _ => None,
    })
}

/// Types with at least one constructor that we keep: grown from those that need no other.
fn alive(forms: &[Form], choice: &Choice) -> HashSet<String> {
    let mut alive: HashSet<String> = HashSet::new();
    loop {
        let before = alive.len();
        for form in
            forms.iter().filter(|form| form.kind == Kind::Constructor && !choice.leaves_out(form))
        {
            if let Type::Named(of) = &form.result
                && !alive.contains(of)
                && without_dead(form, &alive).is_some()
            {
                alive.insert(of.clone());
            }
        }
        if alive.len() == before {
            return alive;
        }
    }
}

/// The form with dead types as `Nothing`; none if it cannot exist without one.
fn without_dead(form: &Form, alive: &HashSet<String>) -> Option<Form> {
    let mut form = form.clone();
    for field in &mut form.fields {
        let is_dead = matches!(field.ty.innermost(), Type::Named(name) if !alive.contains(name));
        if is_dead {
            if field.flag.is_none() && !matches!(field.ty, Type::Vector(_)) {
                return None;
            }
            field.ty = field.ty.with_innermost(Type::Nothing);
        }
    }
    leave_out_companions(&mut form);
    if form.kind == Kind::Function
        && let Type::Named(name) = form.result.innermost()
        && !alive.contains(name)
    {
        return None;
    }
    Some(form)
}

/// A field that shares its bit with one that we left out can never be there either.
fn leave_out_companions(form: &mut Form) {
    let gone: Vec<_> = form
        .fields
        .iter()
        .filter(|field| field.ty == Type::Nothing)
        .map(|field| field.flag.clone())
        .collect();
    for field in form.fields.iter_mut().filter(|field| gone.contains(&field.flag)) {
        field.ty = Type::Nothing;
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, matches, restrict};
    use crate::schema::{Kind, parse};

    #[test]
    fn star_stands_for_anything() {
        assert!(matches("a*c*", "abcd"));
        assert!(matches("*", ""));
        assert!(matches("update*Story*", "updateNewStoryReaction"));
        assert!(!matches("a*c", "abcd"));
        assert!(!matches("a", "ab"));
    }

    #[test]
    fn left_out_type_becomes_nothing_or_takes_its_constructor_along() {
        let mut forms = parse(
            "a#1 flags:# gift:flags.0?Gift date:flags.0?int = A; // 1-2\n\
             b#2 gift:Gift = A; // 1-2\n\
             c#3 gifts:Vector<Gift> = A; // 1-2\n\
             gift#4 = Gift; // 1-2\n\
             far#5 = Far; // 1-2",
            Kind::Constructor,
        )
        .unwrap();
        forms.extend(parse("f#6 = A; // 1-2\ng#7 = Far; // 1-2", Kind::Function).unwrap());
        let choice = Choice::parse("f\n", "type Gift\n").unwrap();
        let kept: Vec<String> =
            restrict(&forms, &[1, 2], &choice).iter().map(ToString::to_string).collect();
        assert_eq!(
            kept,
            [
                "a#00000001 flags:# gift:flags.0?Nothing date:flags.0?Nothing = A; // 1-2",
                "c#00000003 gifts:Vector<Nothing> = A; // 1-2",
                "f#00000006 = A; // 1-2",
            ]
        );
    }
}
