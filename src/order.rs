//! Sorting where speed does not matter: lists that are short, or sorted once for a person to read.
//!
//! The library's own sort is compiled anew for each type, at some five kilobytes each. Here it is
//! compiled once, for positions. Knows nothing of what is sorted.

use std::cmp::Ordering;

/// Sorts by a comparison; equals stay in their order.
pub(crate) fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = order(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut taken: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|at| taken.get_mut(at)?.take()));
}

/// Sorts by a key; equals stay in their order.
pub(crate) fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts; equals stay in their order.
pub(crate) fn sort<T: Ord>(items: &mut Vec<T>) {
    sort_by(items, T::cmp);
}

fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

#[cfg(test)]
mod tests {
    #[test]
    fn equals_stay_in_their_order() {
        let mut words: Vec<String> =
            ["pear", "fig", "apple", "kiwi", "fig"].map(str::to_owned).into();
        super::sort_by_key(&mut words, String::len);
        assert_eq!(words, ["fig", "fig", "pear", "kiwi", "apple"]);
        super::sort(&mut words);
        assert_eq!(words, ["apple", "fig", "fig", "kiwi", "pear"]);
        super::sort_by(&mut words, |a, b| b.cmp(a));
        assert_eq!(words, ["pear", "kiwi", "fig", "fig", "apple"]);
    }
}
