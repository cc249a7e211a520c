//! Graphs as clients draw them: JSON with the columns, their types, names and colours.
//!
//! `columns` begins with `x` in milliseconds; each further column has its key first. A colour is a name, which clients
//! replace by their theme's, and a value for those that do not know it.

use serde_json::{Map, Value, json};
use services::statistics::{Compared, Graph, Later, Shape};
use tl_api::{enums, types};

/// In the order of lines; they repeat.
const COLORS: [&str; 10] = [
    "BLUE#3497ed",
    "RED#e05356",
    "GREEN#32cf44",
    "GOLDEN#f2a53a",
    "LIGHTBLUE#64b5f6",
    "LIGHTGREEN#9ed448",
    "ORANGE#fd8d50",
    "INDIGO#7e57c2",
    "PURPLE#9f79e8",
    "CYAN#43b5a8",
];

/// A graph.
pub(crate) fn graph(graph: &Graph) -> enums::StatsGraph {
    let json = types::DataJSON { data: text(graph) }.into();
    types::StatsGraph { json, zoom_token: None }.into()
}

/// A graph that the client asks for when it comes into view.
pub(crate) fn later(what: Later, channel: model::ChannelId) -> enums::StatsGraph {
    types::StatsGraphAsync { token: what.token(channel) }.into()
}

/// A graph of what is not kept here.
pub(crate) fn unknown() -> enums::StatsGraph {
    types::StatsGraphError { error: "Not enough data to display.".to_owned() }.into()
}

/// A number with the one before.
pub(crate) fn compared(value: Compared) -> enums::StatsAbsValueAndPrev {
    types::StatsAbsValueAndPrev { current: value.current, previous: value.previous }.into()
}

fn text(graph: &Graph) -> String {
    let x = graph.places.iter().map(|place| json!(place.0.saturating_mul(1000)));
    let mut columns = vec![Value::Array(std::iter::once(json!("x")).chain(x).collect())];
    let (mut kinds, mut names, mut colors) = (Map::new(), Map::new(), Map::new());
    kinds.insert("x".to_owned(), json!("x"));
    let kind = match graph.shape {
        Shape::Lines => "line",
        Shape::Bars => "bar",
        Shape::Shares => "area",
    };
    for (number, (line, color)) in graph.lines.iter().zip(COLORS.iter().cycle()).enumerate() {
        let key = format!("y{number}");
        let values = line.values.iter().map(|value| json!(value));
        columns.push(Value::Array(std::iter::once(json!(key)).chain(values).collect()));
        kinds.insert(key.clone(), json!(kind));
        names.insert(key.clone(), json!(line.name));
        colors.insert(key, json!(color));
    }
    let format = if graph.by_hour { "statsFormat('hour')" } else { "statsFormat('day')" };
    let mut all = json!({
        "columns": columns,
        "types": kinds,
        "names": names,
        "colors": colors,
        "hidden": [],
        "xTickFormatter": format,
        "xTooltipFormatter": format,
    });
    if let Value::Object(all) = &mut all {
        if graph.shape != Shape::Lines {
            all.insert("stacked".to_owned(), json!(true));
        }
        if graph.shape == Shape::Shares {
            all.insert("percentage".to_owned(), json!(true));
        }
        if let (Some(first), Some(last)) = (graph.places.first(), graph.places.last()) {
            let zoom = [first.0.saturating_mul(1000), last.0.saturating_mul(1000)];
            all.insert("subchart".to_owned(), json!({ "show": true, "defaultZoom": zoom }));
        }
    }
    all.to_string()
}

#[cfg(test)]
mod tests {
    use model::UnixTime;
    use services::statistics::Line;

    use super::*;

    #[test]
    fn a_graph_has_its_columns() {
        let shown = Graph {
            places: vec![UnixTime(86_400), UnixTime(172_800)],
            by_hour: false,
            lines: vec![
                Line { name: "Joined".to_owned(), values: vec![1, 2] },
                Line { name: "Left".to_owned(), values: vec![0, 3] },
            ],
            shape: Shape::Bars,
        };
        let value: Value = serde_json::from_str(&text(&shown)).unwrap();
        assert_eq!(
            value["columns"],
            json!([["x", 86_400_000, 172_800_000], ["y0", 1, 2], ["y1", 0, 3]])
        );
        assert_eq!(value["types"], json!({ "x": "x", "y0": "bar", "y1": "bar" }));
        assert_eq!(value["names"], json!({ "y0": "Joined", "y1": "Left" }));
        assert_eq!(value["colors"], json!({ "y0": "BLUE#3497ed", "y1": "RED#e05356" }));
        assert_eq!(value["stacked"], json!(true));
    }
}
