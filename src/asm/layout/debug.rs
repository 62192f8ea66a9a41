//! Debug information of a finished program: the line table and the symbols. Also the values that
//! the next reading of the same source needs.

use crate::asm::object::Object;
use crate::asm::object::record::Section;
use crate::asm::parser::Earlier;
use crate::asm::preprocess::Preprocessor;
use crate::asm::syntax::ast::Value;
use crate::asm::value::expression::node::Resolve;
use crate::asm::value::symbols::Definition;
use crate::asm::value::symbols::Position;
use crate::image::{Line, Symbol};

/// The line table.
pub(crate) fn lines(object: &Object) -> Vec<Line> {
    let origin = object.origin.map_or(object.default_origin, |(origin, _)| origin);
    let mut lines = Vec::new();
    for section in object.sections.iter().filter(|s| !s.is_empty_space()) {
        let rows = &section.lines;
        for (i, row) in rows.iter().enumerate() {
            let start = offset(section, row.record, row.fixed);
            let end =
                rows.get(i + 1).map_or(section.length(), |n| offset(section, n.record, n.fixed));
            let in_file = section.load.wrapping_sub(origin).wrapping_add(start.cast_signed());
            let (Ok(offset), Ok(length)) =
                (u32::try_from(in_file), u32::try_from(end.saturating_sub(start)))
            else {
                continue;
            };
            if length > 0 {
                let address = section.address.cast_unsigned().wrapping_add(start);
                let (span, bits, is_code) = (row.span, row.bits, row.is_code);
                lines.push(Line { offset, length, address, span, bits, is_code });
            }
        }
    }
    if !lines.is_sorted_by_key(|l| l.offset) {
        lines.sort_by_key(|l| l.offset);
    }
    lines
}

fn offset(section: &Section, record: u32, fixed: u64) -> u64 {
    let delta = section.delta.get(record as usize).copied().unwrap_or(0);
    fixed.wrapping_add(delta.cast_unsigned())
}

/// All named symbols with their values.
fn values(object: &Object) -> impl Iterator<Item = (crate::asm::value::symbols::SymbolId, Value)> {
    let view = object.view(Position::default(), true);
    object.symbols.iter().filter_map(move |(id, entry)| {
        let defined = !matches!(entry.definition, Definition::Undefined | Definition::External);
        let written = !object.symbols.name(id).starts_with(' ');
        let value = (defined && written).then(|| view.symbol(id).ok()?.to_value().ok())??;
        Some((id, value))
    })
}

/// The symbols.
pub(crate) fn symbols(object: &Object, preprocessor: &Preprocessor<'_>) -> Vec<Symbol> {
    let symbol = |(id, value): (_, Value)| {
        let entry = object.symbols.get(id)?;
        let in_memory = match entry.definition {
            Definition::Label(Position { section, .. }) => {
                object.sections.get(usize::from(section)).is_some_and(|s| s.absolute.is_none())
            }
            _ => false,
        };
        Some(Symbol {
            name: object.symbols.name(id).to_owned(),
            value: value.number.cast_unsigned(),
            is_label: in_memory && !entry.is_equ,
            span: entry.location.locate(preprocessor),
        })
    };
    values(object).filter_map(symbol).collect()
}

/// The results that the next reading needs.
pub(crate) fn earlier(object: &Object) -> Earlier {
    let symbols = values(object).map(|(id, v)| (object.symbols.name(id).to_owned(), v)).collect();
    let sizes =
        object.sections.iter().map(|s| s.records.iter().map(|r| r.size).collect()).collect();
    Earlier { symbols, sizes }
}
