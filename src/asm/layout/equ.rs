//! The `equ`s that depend on labels: their values in each pass, and the error for those that depend
//! on each other in a cycle.

use crate::asm::object::Object;
use crate::asm::object::scratch::Scratch;
use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::syntax::mistake::{Location, Mistake};
use crate::asm::value::expression::node::Node;
use crate::asm::value::symbols::Definition;

/// The maximum number of cycles that are reported.
const MOST: usize = 20;

/// The state of an `equ` in the search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    /// The `equ`s that it needs are being visited.
    Open,
    Done,
}

/// Reports the cycles. Each `equ` in a cycle becomes 0, so that the layout can continue.
#[expect(clippy::vec_box, reason = "a mistake comes in the box that its `Result` needs")]
pub(crate) fn break_up(object: &mut Object) -> Vec<Box<Mistake>> {
    let mut state = vec![Visit::New; object.equs.len()];
    let mut circles = Vec::new();
    for start in 0..object.equs.len() {
        match state.get_mut(start) {
            Some(state @ Visit::New) => *state = Visit::Open,
            _ => continue,
        }
        // The path of the search: each `equ` with those that it needs and that are not visited yet.
        let mut way = vec![(start, needs(object, start))];
        while let Some((row, left)) = way.last_mut() {
            let row = *row;
            let next = left.pop();
            let Some(slot) = next.or(Some(row)).and_then(|r| state.get_mut(r)) else { break };
            match (next, *slot) {
                (None, _) => {
                    *slot = Visit::Done;
                    way.pop();
                }
                (Some(next), Visit::New) => {
                    *slot = Visit::Open;
                    way.push((next, needs(object, next)));
                }
                (Some(next), Visit::Open) => {
                    let from = way.iter().position(|step| step.0 == next).unwrap_or(0);
                    circles.push(way.iter().skip(from).map(|step| step.0).collect::<Vec<_>>());
                }
                (Some(_), Visit::Done) => {}
            }
        }
    }
    let mistakes = circles.iter().take(MOST).map(|circle| mistake(object, circle)).collect();
    let zero = object.arena.keep(&[Node::Number(0)]);
    for row in circles.into_iter().flatten() {
        if let Some(equ) = object.equs.get_mut(row) {
            equ.expression = zero;
        }
    }
    mistakes
}

/// The `equ`s that an `equ` needs.
fn needs(object: &Object, row: usize) -> Vec<usize> {
    let Some(equ) = object.equs.get(row) else { return Vec::new() };
    let nodes = object.arena.nodes(equ.expression).iter();
    nodes
        .take_while(|node| **node != Node::End)
        .filter_map(|node| match node {
            Node::Symbol(id) => match object.symbols.definition(*id) {
                Definition::Equ(row) => Some(row as usize),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn mistake(object: &Object, circle: &[usize]) -> Box<Mistake> {
    let names: Vec<(&str, Location)> = circle.iter().map(|&row| name(object, row)).collect();
    let [(first, location), rest @ ..] = names.as_slice() else {
        return Mistake::error(Location::default(), "an `equ` needs its own value");
    };
    let all: Vec<String> = names.iter().map(|(name, _)| format!("`{name}`")).collect();
    let message = match rest {
        [] => format!("the value of `{first}` depends on itself"),
        _ => format!("the values of {} depend on each other", all.join(", ")),
    };
    let help = "define one of them without the others";
    let mistake = Mistake::error(*location, message);
    let mistake = if rest.is_empty() { mistake } else { mistake.help(help) };
    let note = |mistake: Box<Mistake>, (name, location): &(&str, Location)| {
        mistake.note(*location, format!("`{name}` is here"))
    };
    rest.iter().take(MOST).fold(mistake, note)
}

/// The name of an `equ`, and its place.
fn name(object: &Object, row: usize) -> (&str, Location) {
    let mut symbols = object.symbols.iter();
    let found =
        symbols.find(|(_, e)| matches!(e.definition, Definition::Equ(r) if r as usize == row));
    match found {
        Some((id, entry)) => (object.symbols.name(id), entry.location),
        None => ("?", object.equs.get(row).map(|e| e.location).unwrap_or_default()),
    }
}

/// Evaluates the `equ`s. Returns the location of one that changed.
pub(super) fn evaluate_equs(
    object: &mut Object,
    scratch: &mut Scratch,
    backward: bool,
) -> Option<Location> {
    let mut changed = None;
    let count = object.equs.len();
    scratch.steps -= (count as u64).cast_signed();
    for i in 0..count {
        let row = if backward { count - 1 - i } else { i };
        let Some(&equ) = object.equs.get(row) else { break };
        let view = object.view(equ.position, true);
        let value = scratch
            .evaluate(object, &view, equ.expression)
            .and_then(|v| v.to_value())
            .unwrap_or(Value { number: 0, kind: Kind::Unknown });
        if value != equ.value {
            changed = Some(equ.location);
        }
        if let Some(equ) = object.equs.get_mut(row) {
            equ.value = value;
        }
    }
    changed
}
