//! Mnemonics that share the rows of another one: conditions, older spellings, compare predicates.

/// Names of conditions. Those on one line are the same condition.
const CONDITIONS: &[&[&str]] = &[
    &["b", "c", "nae"],
    &["ae", "nb", "nc"],
    &["e", "z"],
    &["ne", "nz"],
    &["be", "na"],
    &["a", "nbe"],
    &["p", "pe"],
    &["np", "po"],
    &["l", "nge"],
    &["ge", "nl"],
    &["le", "ng"],
    &["g", "nle"],
];

/// Other aliases: the new name, the existing one.
const ALIASES: &[(&str, &str)] = &[
    ("sal", "shl"),
    ("xlat", "xlatb"),
    ("icebp", "int1"),
    ("int01", "int1"),
    ("smi", "int1"),
    ("int03", "int3"),
    ("fwait", "wait"),
    ("ud2a", "ud2"),
    ("ud2b", "ud1"),
    ("loopz", "loope"),
    ("loopnz", "loopne"),
    ("v4dpwssd", "vp4dpwssd"),
    ("v4dpwssds", "vp4dpwssds"),
    ("vbcstnebf16ps", "vbcstnebf162ps"),
    ("vfcmulcpch", "vfcmulcph"),
    ("vfmulcpch", "vfmulcph"),
    ("vgetmaxph", "vmaxph"),
    ("vgetmaxsh", "vmaxsh"),
    ("vgetminph", "vminph"),
    ("vgetminsh", "vminsh"),
    ("vendscaleph", "vrndscaleph"),
    ("vendscalesh", "vrndscalesh"),
    ("vldqqu", "vlddqu"),
    ("vmovqqa", "vmovdqa"),
    ("vmovqqu", "vmovdqu"),
    ("vmovntqq", "vmovntdq"),
    ("pmulhrwa", "pmulhrw"),
    ("kadd", "kaddb"),
    ("kand", "kandb"),
    ("kandn", "kandnb"),
    ("kmov", "kmovb"),
    ("knot", "knotb"),
    ("kor", "korb"),
    ("kortest", "kortestb"),
    ("kshiftl", "kshiftlb"),
    ("kshiftr", "kshiftrb"),
    ("ktest", "ktestb"),
    ("kunpck", "kunpckbw"),
    ("kxnor", "kxnorb"),
    ("kxor", "kxorb"),
];

/// Adds the names that share the rows of another.
pub(crate) fn add(names: &mut Vec<(String, usize, usize, u8)>) {
    let mut more = Vec::new();
    let mut add = |new: String, old: &str, immediate: u8| {
        let taken = names.iter().any(|n| n.0 == new);
        if let (false, Some(&(_, first, rows, _))) = (taken, names.iter().find(|n| n.0 == old)) {
            more.push((new, first, rows, immediate));
        }
    };
    for &(new, old) in ALIASES {
        add(new.to_owned(), old, 0xFF);
    }
    for (start, end) in [("j", ""), ("set", ""), ("cmov", ""), ("cmp", "xadd")] {
        for group in CONDITIONS {
            for old in *group {
                for new in group.iter().filter(|n| *n != old) {
                    add(format!("{start}{new}{end}"), &format!("{start}{old}{end}"), 0xFF);
                }
            }
        }
    }
    fused(&mut add);
    predicates(&mut add);
    more.sort();
    more.dedup_by(|a, b| a.0 == b.0);
    names.append(&mut more);
}

/// The fused multiply-adds with the other order of each operand triple in their name.
fn fused(add: &mut impl FnMut(String, &str, u8)) {
    for operation in ["vfmadd", "vfmsub", "vfnmadd", "vfnmsub", "vfmaddsub", "vfmsubadd"] {
        for (new, old) in [("123", "213"), ("312", "132"), ("321", "231")] {
            for kind in ["pd", "ps", "sd", "ss"] {
                add(format!("{operation}{new}{kind}"), &format!("{operation}{old}{kind}"), 0xFF);
            }
        }
    }
    for (new, old) in
        [("vpmadd", "vfmadd"), ("vpmsub", "vfmsub"), ("vpnmadd", "vfnmadd"), ("vpnmsub", "vfnmsub")]
    {
        for order in ["132", "213", "231"] {
            for kind in ["ph", "sh"] {
                add(format!("{new}{order}{kind}"), &format!("{old}{order}{kind}"), 0xFF);
            }
        }
    }
}

/// Compare predicates of SSE, by number.
const SSE: [&str; 8] = ["eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"];

/// Compare predicates of AVX, by number: the short name, then the complete one.
const AVX: [[&str; 2]; 32] = [
    ["eq", "eq_oq"],
    ["lt", "lt_os"],
    ["le", "le_os"],
    ["unord", "unord_q"],
    ["neq", "neq_uq"],
    ["nlt", "nlt_us"],
    ["nle", "nle_us"],
    ["ord", "ord_q"],
    ["eq_uq", ""],
    ["nge", "nge_us"],
    ["ngt", "ngt_us"],
    ["false", "false_oq"],
    ["neq_oq", ""],
    ["ge", "ge_os"],
    ["gt", "gt_os"],
    ["true", "true_uq"],
    ["eq_os", ""],
    ["lt_oq", ""],
    ["le_oq", ""],
    ["unord_s", ""],
    ["neq_us", ""],
    ["nlt_uq", ""],
    ["nle_uq", ""],
    ["ord_s", ""],
    ["eq_us", ""],
    ["nge_uq", ""],
    ["ngt_uq", ""],
    ["false_os", ""],
    ["neq_os", ""],
    ["ge_oq", ""],
    ["gt_oq", ""],
    ["true_us", ""],
];

/// Compare predicates of the EVEX integer compares.
const INTEGER: [(&str, u8); 9] = [
    ("eq", 0),
    ("lt", 1),
    ("le", 2),
    ("ngt", 2),
    ("neq", 4),
    ("nlt", 5),
    ("ge", 5),
    ("nle", 6),
    ("gt", 6),
];

/// The names that imply the value of the last immediate.
fn predicates(add: &mut impl FnMut(String, &str, u8)) {
    for kind in ["ps", "pd", "ss", "sd"] {
        for (number, name) in (0u8..).zip(SSE) {
            add(format!("cmp{name}{kind}"), &format!("cmp{kind}"), number);
        }
        for (number, names) in (0u8..).zip(AVX) {
            for name in names.iter().filter(|n| !n.is_empty()) {
                add(format!("vcmp{name}{kind}"), &format!("vcmp{kind}"), number);
            }
        }
    }
    for kind in ["b", "w", "d", "q", "ub", "uw", "ud", "uq"] {
        for (name, number) in INTEGER {
            add(format!("vpcmp{name}{kind}"), &format!("vpcmp{kind}"), number);
        }
    }
    for start in ["pclmul", "vpclmul"] {
        for (name, number) in [("lqlq", 0x00), ("hqlq", 0x01), ("lqhq", 0x10), ("hqhq", 0x11)] {
            add(format!("{start}{name}dq"), &format!("{start}qdq"), number);
        }
    }
}
