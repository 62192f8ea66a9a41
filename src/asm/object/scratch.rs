//! Buffers that are reused to evaluate expressions and to encode instructions.

use super::record::{Field, Slot, Template, Times};
use super::{Object, View};
use crate::asm::encode;
use crate::asm::select;
use crate::asm::syntax::ast::{Instruction, Kind, OperandKind, Value};
use crate::asm::syntax::mistake::Location;
use crate::asm::value::address::{self, Unfit};
use crate::asm::value::expression::linear::{Linear, Trouble};
use crate::asm::value::expression::node;
use crate::asm::value::expression::node::ExpressionId;

/// Buffers that are reused.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The stack of the expression evaluation.
    pub(crate) stack: Vec<Linear>,
    /// The current instruction.
    pub(crate) instruction: Instruction,
    /// Its encoding.
    pub(crate) encoded: encode::Encoded,
    /// A cache of the chosen rows.
    pub(crate) memo: select::FormCache,
    /// The number of statements that may still be measured. Measuring stops below 0.
    pub(crate) steps: i64,
}

/// Why an instruction has no bytes.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A number in it has no value.
    Trouble(Trouble, Location),
    /// A sum in it is no address.
    Unfit(Unfit, Location),
    /// The encoder rejects it.
    Select(encode::Error),
}

impl Scratch {
    /// Evaluates an expression.
    pub(crate) fn evaluate(
        &mut self,
        object: &Object,
        view: &View<'_>,
        id: ExpressionId,
    ) -> Result<Linear, Trouble> {
        node::evaluate(object.arena.nodes(id), view, &mut self.stack)
    }

    /// Fills the instruction of `template` with the values that `view` sees, and encodes it at
    /// `address`.
    pub(crate) fn encode(
        &mut self,
        object: &Object,
        view: &View<'_>,
        template: &Template,
        address: Value,
    ) -> Result<(), Failure> {
        self.encoded.hole = None;
        object.pools.load_instruction(template, &mut self.instruction);
        for slot in object.pools.slots(template) {
            self.fill(object, view, slot)?;
        }
        let Template { bits, default_rel, .. } = *template;
        let context = encode::Context { bits, default_rel, address };
        let Self { instruction, memo, encoded, .. } = self;
        select::encode(instruction, &context, memo, encoded).map_err(Failure::Select)
    }

    fn fill(&mut self, object: &Object, view: &View<'_>, slot: &Slot) -> Result<(), Failure> {
        let value = self
            .evaluate(object, view, slot.expression)
            .map_err(|trouble| Failure::Trouble(trouble, slot.location))?;
        let Some(operand) = self.instruction.operands.get_mut(usize::from(slot.operand)) else {
            return Ok(());
        };
        if let (Field::Address, OperandKind::Memory(memory)) = (slot.field, &mut operand.kind) {
            return address::fill(&value, memory).map_err(|unfit| match unfit {
                Unfit::Number(trouble) => Failure::Trouble(trouble, slot.location),
                unfit => Failure::Unfit(unfit, slot.location),
            });
        }
        let value = value.to_value().map_err(|t| Failure::Trouble(t, slot.location))?;
        match (slot.field, &mut operand.kind) {
            (Field::Immediate, OperandKind::Immediate(into))
            | (Field::FarSegment, OperandKind::Far(into, _))
            | (Field::FarOffset, OperandKind::Far(_, into)) => *into = value,
            _ => {}
        }
        Ok(())
    }

    /// The current number of repetitions of a statement; an `Err` if it has no value.
    pub(crate) fn count(
        &mut self,
        object: &Object,
        view: &View<'_>,
        times: Option<Times>,
    ) -> Result<i64, Trouble> {
        match times {
            None => Ok(1),
            Some(Times::Count(count)) => Ok(count.min(i64::MAX.cast_unsigned()).cast_signed()),
            Some(Times::Expression(id)) => {
                let value = self.evaluate(object, view, id)?.to_value()?;
                match value.kind {
                    Kind::Absolute => Ok(value.number),
                    Kind::Relocatable(_) | Kind::Distance => Err(Trouble::NotSimple),
                    Kind::Unknown => Ok(value.number.max(0)),
                }
            }
        }
    }
}
