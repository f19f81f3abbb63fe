//! The tree of purposes, as intervals of a pre-order walk: a subtree is a range, a test two comparisons.

use alloc::vec;
use alloc::vec::Vec;

/// A range of pre-order numbers, `[lo, hi)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subtree {
    pub(crate) lo: u16,
    pub(crate) hi: u16,
}

impl Subtree {
    /// Every purpose, known or not.
    pub(crate) const ALL: Self = Self { lo: 0, hi: u16::MAX };

    pub(crate) const fn contains(self, node: u16) -> bool {
        self.lo <= node && node < self.hi
    }
}

/// Numbers a forest in pre-order. `parents[i]` is the parent of node `i`; a node on a cycle gets an empty range.
pub(crate) fn number(parents: &[Option<u16>]) -> Vec<Subtree> {
    let mut children: Vec<Vec<u16>> = vec![Vec::new(); parents.len()];
    let mut roots = Vec::new();
    for (node, parent) in (0u16..).zip(parents) {
        match parent.and_then(|parent| children.get_mut(usize::from(parent))) {
            Some(siblings) => siblings.push(node),
            None => roots.push(node),
        }
    }
    let mut numbers = vec![Subtree::default(); parents.len()];
    let mut next = 0u16;
    let mut stack: Vec<(u16, bool)> = roots.into_iter().rev().map(|root| (root, false)).collect();
    while let Some((node, leaving)) = stack.pop() {
        let Some(number) = numbers.get_mut(usize::from(node)) else { continue };
        if leaving {
            number.hi = next;
            continue;
        }
        number.lo = next;
        next = next.saturating_add(1);
        stack.push((node, true));
        let below = children.get(usize::from(node)).map(Vec::as_slice).unwrap_or_default();
        stack.extend(below.iter().rev().map(|child| (*child, false)));
    }
    numbers
}

/// What each node has, or its nearest ancestor that has something. A node that is above itself inherits nothing.
pub(crate) fn inherit<T: Copy>(parents: &[Option<u16>], mut own: Vec<Option<T>>) -> Vec<Option<T>> {
    let mut settled: Vec<bool> = own.iter().map(Option::is_some).collect();
    for node in (0u16..).take(parents.len()) {
        let mut path = Vec::new();
        let mut at = Some(node);
        while let Some(here) = at
            && let Some(settled) = settled.get_mut(usize::from(here))
            && !*settled
        {
            *settled = true;
            path.push(here);
            at = parents.get(usize::from(here)).copied().flatten();
        }
        let found = at.and_then(|above| own.get(usize::from(above)).copied().flatten());
        for here in path {
            if let Some(value) = own.get_mut(usize::from(here)) {
                *value = found;
            }
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_nest_like_the_tree() {
        // 0 ── 1 ── 3, 0 ── 2, and a second root 4.
        let numbers = number(&[None, Some(0), Some(0), Some(1), None]);
        let inside = |node: usize, of: usize| numbers[of].contains(numbers[node].lo);
        let expected = [(0, 0), (1, 0), (2, 0), (3, 0), (1, 1), (3, 1), (2, 2), (3, 3), (4, 4)];
        for node in 0..5 {
            for of in 0..5 {
                assert_eq!(inside(node, of), expected.contains(&(node, of)), "{node} inside {of}");
            }
        }
    }

    #[test]
    fn the_nearest_ancestor_that_has_something_is_inherited_from() {
        // 0 ── 1 ── 3, 0 ── 2, a second root 4 above 5, and 6 above itself; children may come first.
        let parents = [None, Some(0), Some(0), Some(1), None, Some(4), Some(6)];
        let own = vec![Some('a'), None, Some('b'), None, None, Some('c'), None];
        let all = [Some('a'), Some('a'), Some('b'), Some('a'), None, Some('c'), None];
        assert_eq!(inherit(&parents, own), all);
        assert_eq!(inherit(&[Some(1), Some(2), None], vec![None, None, Some('a')]), [Some('a'); 3]);
    }

    #[test]
    fn a_deep_chain_needs_no_recursion() {
        let parents: Vec<_> = (0u16..4_000).map(|node| node.checked_sub(1)).collect();
        let numbers = number(&parents);
        assert_eq!(numbers[3_999], Subtree { lo: 3_999, hi: 4_000 });
        assert_eq!(numbers[0], Subtree { lo: 0, hi: 4_000 });
    }
}
