//! A hash of names that reads eight bytes at a time and ignores letter case.

/// An odd number with bits that look random.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The bit that distinguishes small and capital letters, in each byte.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// The hash of a name, ignoring letter case.
#[inline(always)]
#[must_use]
pub(crate) const fn hash(name: &[u8]) -> u32 {
    let mut state = name.len() as u64;
    let Some(last) = name.last_chunk::<8>() else { return finish(mix(state, short(name))) };
    let mut rest = name;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        // The remaining bytes are less than a word, so the last word overlaps this one.
        if behind.is_empty() {
            break;
        }
        state = mix(state, u64::from_le_bytes(*word));
        rest = behind;
    }
    finish(mix(state, u64::from_le_bytes(*last)))
}

/// The hash of a name that may contain a `.`. It equals [`join`] of the hashes of the two parts, so
/// that a local name needs no copy.
#[must_use]
pub(crate) const fn of_name(name: &[u8]) -> u32 {
    let mut at = 1;
    while at < name.len() {
        if name[at] == b'.' {
            let (owner, local) = name.split_at(at);
            return join(hash(owner), hash(local));
        }
        at += 1;
    }
    hash(name)
}

/// Whether `name` equals `word`, ignoring letter case. `word` consists of small letters and digits.
#[inline(always)]
#[must_use]
pub(crate) fn is_same(name: &[u8], word: &[u8]) -> bool {
    if name.len() != word.len() {
        return false;
    }
    let fold = |word: &[u8; 8]| u64::from_le_bytes(*word) | FOLD;
    let ends = (name.first_chunk(), name.last_chunk(), word.first_chunk(), word.last_chunk());
    let (Some(a), Some(b), Some(c), Some(d)) = ends else {
        // The word contains all bytes of such a short name.
        return short(name) | FOLD == short(word) | FOLD;
    };
    let middle = || name.len() <= 16 || name.eq_ignore_ascii_case(word);
    fold(a) == fold(c) && fold(b) == fold(d) && middle()
}

/// Joins the hashes of two parts of a name.
#[inline(always)]
#[must_use]
pub(crate) const fn join(first: u32, second: u32) -> u32 {
    finish(mix(first as u64, second as u64))
}

/// All bytes of less than a word, some of them twice.
#[inline(always)]
const fn short(name: &[u8]) -> u64 {
    match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u32::from_le_bytes(*first) as u64 | (u32::from_le_bytes(*last) as u64) << 32
        }
        _ => match name {
            [] => 0,
            [first, .., last] => {
                *first as u64 | (name[name.len() / 2] as u64) << 8 | (*last as u64) << 16
            }
            [only] => *only as u64,
        },
    }
}

/// Combines both halves of the product, so that every bit of the word affects the low bits too.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
const fn mix(state: u64, word: u64) -> u64 {
    let product = (state ^ FACTOR) as u128 * ((word | FOLD) ^ FACTOR.rotate_left(32)) as u128;
    product as u64 ^ (product >> 64) as u64
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
const fn finish(state: u64) -> u32 {
    (state ^ state >> 32) as u32
}
