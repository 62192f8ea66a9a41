//! The `equ`s that depend on labels: their values in each pass, and those that depend on each other
//! in a circle and have none.

use crate::asm::object::Object;
use crate::asm::object::scratch::Scratch;
use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::syntax::mistake::{Mistake, Place};
use crate::asm::value::expression::node::Node;
use crate::asm::value::symbols::Definition;

/// Most circles that are told of.
const MOST: usize = 20;

/// How far the search has come with an `equ`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// Something that it needs is looked at.
    Open,
    Done,
}

/// Tells of the circles. Each `equ` in one is 0 from then on, so that the rest can be looked at.
#[expect(clippy::vec_box, reason = "a mistake comes in the box that its `Result` needs")]
pub(crate) fn break_up(program: &mut Object) -> Vec<Box<Mistake>> {
    let mut state = vec![State::New; program.equs.len()];
    let mut circles = Vec::new();
    for start in 0..program.equs.len() {
        match state.get_mut(start) {
            Some(state @ State::New) => *state = State::Open,
            _ => continue,
        }
        // The `equ`s on the way, each with those that it needs and that are still to be looked at.
        let mut way = vec![(start, needs(program, start))];
        while let Some((row, left)) = way.last_mut() {
            let row = *row;
            let next = left.pop();
            let Some(slot) = next.or(Some(row)).and_then(|r| state.get_mut(r)) else { break };
            match (next, *slot) {
                (None, _) => {
                    *slot = State::Done;
                    way.pop();
                }
                (Some(next), State::New) => {
                    *slot = State::Open;
                    way.push((next, needs(program, next)));
                }
                (Some(next), State::Open) => {
                    let from = way.iter().position(|step| step.0 == next).unwrap_or(0);
                    circles.push(way.iter().skip(from).map(|step| step.0).collect::<Vec<_>>());
                }
                (Some(_), State::Done) => {}
            }
        }
    }
    let mistakes = circles.iter().take(MOST).map(|circle| mistake(program, circle)).collect();
    let zero = program.arena.keep(&[Node::Number(0)]);
    for row in circles.into_iter().flatten() {
        if let Some(equ) = program.equs.get_mut(row) {
            equ.expression = zero;
        }
    }
    mistakes
}

/// The `equ`s that an `equ` needs.
fn needs(program: &Object, row: usize) -> Vec<usize> {
    let Some(equ) = program.equs.get(row) else { return Vec::new() };
    let nodes = program.arena.nodes(equ.expression).iter();
    nodes
        .take_while(|node| **node != Node::End)
        .filter_map(|node| match node {
            Node::Symbol(id) => match program.symbols.definition(*id) {
                Definition::Equ(row) => Some(row as usize),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn mistake(program: &Object, circle: &[usize]) -> Box<Mistake> {
    let names: Vec<(&str, Place)> = circle.iter().map(|&row| name(program, row)).collect();
    let [(first, place), rest @ ..] = names.as_slice() else {
        return Mistake::error(Place::default(), "an `equ` needs its own value");
    };
    let all: Vec<String> = names.iter().map(|(name, _)| format!("`{name}`")).collect();
    let message = match rest {
        [] => format!("the value of `{first}` depends on itself"),
        _ => format!("the values of {} depend on each other", all.join(", ")),
    };
    let help = "one of them needs a value that is known without the others";
    let mistake = Mistake::error(*place, message);
    let mistake = if rest.is_empty() { mistake } else { mistake.help(help) };
    let note = |mistake: Box<Mistake>, (name, place): &(&str, Place)| {
        mistake.note(*place, format!("`{name}` is here"))
    };
    rest.iter().take(MOST).fold(mistake, note)
}

/// The name that an `equ` gives, and where it does.
fn name(program: &Object, row: usize) -> (&str, Place) {
    let mut symbols = program.symbols.iter();
    let found =
        symbols.find(|(_, e)| matches!(e.definition, Definition::Equ(r) if r as usize == row));
    match found {
        Some((id, entry)) => (program.symbols.name(id), entry.place),
        None => ("?", program.equs.get(row).map(|e| e.place).unwrap_or_default()),
    }
}

/// Works the `equ`s out. Gives the place of one that changed.
pub(super) fn evaluate_equs(
    program: &mut Object,
    scratch: &mut Scratch,
    backward: bool,
) -> Option<Place> {
    let mut changed = None;
    let count = program.equs.len();
    scratch.steps -= i64::try_from(count).unwrap_or(i64::MAX);
    for i in 0..count {
        let row = if backward { count - 1 - i } else { i };
        let Some(&equ) = program.equs.get(row) else { break };
        let view = program.view(equ.position, true);
        let value = scratch
            .evaluate(program, &view, equ.expression)
            .and_then(|v| v.to_value())
            .unwrap_or(Value { number: 0, kind: Kind::Unknown });
        if value != equ.value {
            changed = Some(equ.place);
        }
        if let Some(equ) = program.equs.get_mut(row) {
            equ.value = value;
        }
    }
    changed
}
