//! The addresses of the sections, by the rules of NASM's flat binaries.
//!
//! Sections with contents follow one another in order of appearance: each starts after the one
//! before it, or after the one that `follows=` names. `start=` gives a fixed address. Sections
//! without contents only take addresses: `.bss` is after the last contents, others are after the
//! section that was opened before them. `vstart=` and `vfollows=` change the addresses of labels,
//! not the offset in the file.

use crate::asm::object::Object;
use crate::asm::object::record::Section;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};

/// The default alignment of a section.
const DEFAULT_ALIGNMENT: u64 = 4;

fn align_up(address: i64, alignment: u64) -> i64 {
    let mask = alignment.wrapping_sub(1).cast_signed();
    if alignment.is_power_of_two() { address.wrapping_add(mask) & !mask } else { address }
}

/// Assigns the addresses of all sections. Returns true if one changed.
pub(crate) fn assign(object: &mut Object) -> Wrong<bool> {
    let origin = object.origin.map_or(object.default_origin, |(origin, _)| origin);
    if let [text] = object.sections.as_mut_slice()
        && text.attributes.vstart.is_none()
    {
        let load = text.attributes.start.unwrap_or(align_up(origin, text.attributes.align));
        let moved = (text.load, text.address) != (load, load);
        (text.load, text.address) = (load, load);
        return Ok(moved);
    }
    let order = order(&object.sections)?;
    let mut moved = false;
    let mut contents_end = origin;
    for chain in &order.chains {
        let mut end = origin;
        for &i in chain {
            let (load, address) = place_contents(&object.sections, i, end)?;
            moved |= set(&mut object.sections, i, load, address);
            end = load.wrapping_add(length(&object.sections, i));
            contents_end = address.wrapping_add(length(&object.sections, i));
        }
    }
    let mut end = contents_end;
    for i in order.appearance {
        let Some(section) = object.sections.get(i) else { break };
        if section.nobits {
            let start = if section.name == ".bss" { contents_end } else { end };
            let attributes = &section.attributes;
            let load = match (&attributes.start, &attributes.follows) {
                (Some(start), _) => *start,
                (_, Some((name, location))) => {
                    align_up(end_of(&object.sections, name, *location, false)?, alignment(section))
                }
                _ => align_up(start, alignment(section)),
            };
            let address = virtual_address(&object.sections, section, load)?;
            // It is not in the file: its address is where it is loaded.
            let load = address;
            moved |= set(&mut object.sections, i, load, address);
        }
        end =
            object.sections.get(i).map_or(0, |s| s.load).wrapping_add(length(&object.sections, i));
    }
    Ok(moved)
}

/// The orders of the sections.
struct Order {
    /// Sections with contents, each after the previous one; `start=` begins a new chain.
    chains: Vec<Vec<usize>>,
    /// All sections except `absolute` space, in order of appearance.
    appearance: Vec<usize>,
}

fn order(sections: &[Section]) -> Wrong<Order> {
    let appearance: Vec<usize> =
        (0..sections.len()).filter(|&i| sections[i].absolute.is_none()).collect();
    let mut chains: Vec<Vec<usize>> = Vec::new();
    // The place of a section: its chain and its index in it.
    let find = |chains: &[Vec<usize>], wanted: &dyn Fn(usize) -> bool| {
        chains.iter().enumerate().find_map(|(c, chain)| {
            chain.iter().position(|&i| wanted(i)).map(|location| (c, location + 1))
        })
    };
    let mut last = 0;
    for &i in appearance.iter().filter(|&&i| !sections[i].nobits) {
        let attributes = &sections[i].attributes;
        let behind = match &attributes.follows {
            _ if attributes.start.is_some() => None,
            None => find(&chains, &|c| c == last),
            Some((name, location)) => {
                let found = find(&chains, &|c| sections[c].name == *name);
                Some(found.ok_or_else(|| unknown_section(sections, name, *location))?)
            }
        };
        match behind {
            Some((chain, location)) => chains[chain].insert(location, i),
            None => chains.push(vec![i]),
        }
        chains.sort_by_key(|chain| chain.first().and_then(|&i| sections[i].attributes.start));
        last = i;
    }
    Ok(Order { chains, appearance })
}

fn unknown_section(sections: &[Section], name: &str, location: Location) -> Box<Mistake> {
    let known = sections.iter().map(|s| s.name.as_str());
    let near = crate::diagnostic::nearest(name, known);
    let mistake = Mistake::error(location, format!("there is no section `{name}` before this one"));
    mistake.maybe_help(near.map(|n| format!("did you mean `{n}`?")))
}

fn alignment(section: &Section) -> u64 {
    match section.attributes.align {
        0 if section.name == ".text" => 1,
        0 => DEFAULT_ALIGNMENT,
        align => align,
    }
}

fn length(sections: &[Section], i: usize) -> i64 {
    sections.get(i).map_or(0, |s| s.length().cast_signed())
}

fn place_contents(sections: &[Section], i: usize, end: i64) -> Wrong<(i64, i64)> {
    let Some(section) = sections.get(i) else { return Ok((end, end)) };
    let load = section.attributes.start.unwrap_or_else(|| align_up(end, alignment(section)));
    Ok((load, virtual_address(sections, section, load)?))
}

fn virtual_address(sections: &[Section], section: &Section, load: i64) -> Wrong<i64> {
    let attributes = &section.attributes;
    let valign = if attributes.valign == 0 { alignment(section) } else { attributes.valign };
    Ok(match (&attributes.vstart, &attributes.vfollows) {
        (Some(vstart), _) => *vstart,
        (_, Some((name, location))) => align_up(end_of(sections, name, *location, true)?, valign),
        _ if attributes.valign != 0 => align_up(load, valign),
        _ => load,
    })
}

/// The address after the section with this name.
fn end_of(sections: &[Section], name: &str, location: Location, of_address: bool) -> Wrong<i64> {
    let section = sections.iter().find(|s| s.absolute.is_none() && s.name == *name);
    let section = section.ok_or_else(|| unknown_section(sections, name, location))?;
    let start = if of_address { section.address } else { section.load };
    Ok(start.wrapping_add(section.length().cast_signed()))
}

fn set(sections: &mut [Section], i: usize, load: i64, address: i64) -> bool {
    let Some(section) = sections.get_mut(i) else { return false };
    let moved = (section.load, section.address) != (load, address);
    (section.load, section.address) = (load, address);
    moved
}

/// The end of the real-mode address space of a program: registers hold 16 bits of an address, and
/// all segments begin at 0.
const REAL_END: i64 = 0x1_0000;

/// A warning if space of a real-mode program lies beyond the addresses it can reach. If the source
/// chose the address, there is no warning.
pub(crate) fn beyond_reach(object: &Object) -> Option<Box<Mistake>> {
    let end = |s: &Section| s.address.saturating_add(s.length().cast_signed());
    let is_placed = |s: &Section| {
        let attributes = &s.attributes;
        s.absolute.is_some() || attributes.start.is_some() || attributes.vstart.is_some()
    };
    let section =
        object.sections.iter().find(|s| s.nobits && !is_placed(s) && end(s) > REAL_END)?;
    let message = format!(
        "section `{}` ends at {:#x}, and a real-mode address after {:#x} does not fit in 16 bits",
        section.name,
        end(section),
        REAL_END - 1
    );
    let by = end(section) - REAL_END;
    let mistake = Mistake::warning("segment-end", section.location, message);
    Some(mistake.label(format!("{by} bytes too many")).help(
        "what lies there is reached only by a segment register of another value; `org 0x1000` leaves \
         more room",
    ))
}

/// Rejects sections that overlap or begin before the origin, and returns the length of the file.
pub(crate) fn check(object: &Object) -> Wrong<u64> {
    let origin = object.origin.map_or(object.default_origin, |(origin, _)| origin);
    let filled = |s: &&Section| !s.is_empty_space() && s.length() > 0;
    let mut sections: Vec<&Section> = object.sections.iter().filter(filled).collect();
    sections.sort_by_key(|s| s.load);
    let mut end = origin;
    let mut before = "";
    for section in sections {
        let location = section.location;
        if section.load < origin {
            let message =
                format!("section `{}` begins before the origin {origin:#x}", section.name);
            return Err(Mistake::error(location, message));
        }
        if section.load < end {
            let (name, by) = (&section.name, end - section.load);
            let message = format!("sections `{before}` and `{name}` overlap by {by} bytes");
            let label = format!("starts at {:#x}, before `{before}` ends", section.load);
            return Err(Mistake::error(location, message).label(label));
        }
        end = section.load.saturating_add(section.length().cast_signed());
        before = &section.name;
    }
    Ok(end.wrapping_sub(origin).cast_unsigned())
}
