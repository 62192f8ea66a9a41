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

/// Room to work in, used again and again.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Values of an expression being worked out.
    pub(crate) stack: Vec<Linear>,
    /// An instruction being put together.
    pub(crate) instruction: Instruction,
    /// Its bytes.
    pub(crate) encoded: encode::Encoded,
    /// What was chosen before for instructions of its shape.
    pub(crate) memo: select::FormCache,
    /// How many statements may still be measured; below 0 nothing is.
    pub(crate) steps: i64,
}

/// Why an instruction has no bytes.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A number in it has no value.
    Trouble(Trouble, Location),
    /// A sum in it is no address.
    Unfit(Unfit, Location),
    /// Selection refuses it.
    Select(encode::Error),
}

impl Scratch {
    /// Works an expression out.
    pub(crate) fn evaluate(
        &mut self,
        object: &Object,
        view: &View<'_>,
        id: ExpressionId,
    ) -> Result<Linear, Trouble> {
        node::evaluate(object.arena.nodes(id), view, &mut self.stack)
    }

    /// Puts the instruction of `template` together, filled in with what `view` sees, and encodes
    /// it as it is at `address`.
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

    /// How often a statement is repeated, as things are now; `Err` if that has no value.
    pub(crate) fn count(
        &mut self,
        object: &Object,
        view: &View<'_>,
        times: Option<Times>,
    ) -> Result<i64, Trouble> {
        match times {
            None => Ok(1),
            Some(Times::Count(count)) => Ok(i64::try_from(count).unwrap_or(i64::MAX)),
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
