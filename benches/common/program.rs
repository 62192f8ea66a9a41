//! Sources to assemble: generated, the same each time, with the kinds of lines that programs have and
//! about as often.

use std::fmt::Write as _;

/// Whose words are used where the assemblers differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `%macro`, `%if`, `bits`.
    Nasm,
    /// `macro`, `if`, `use32`.
    Fasm,
}

/// Lines that both read alike; `{a}` and `{b}` are registers, `{n}` is a number, `{i}` this
/// routine, `{r}` another one near it. Half of all instructions are `mov`, the rest is as frequent
/// as it is in public sources.
const LINES: &[&str] = &[
    "    mov {a}, {b}",
    "    mov {a}, {n}            ; how many",
    "    mov {a}, [{b}+8]",
    "    mov [{b}-4], {a}        ; keep it",
    "    mov dword [ebp-12], {n}",
    "    mov {a}, [table+{b}*4]",
    "    mov byte [{a}+{b}], '*'",
    "    mov {a}, counter_{r}",
    "    mov al, [{b}]",
    "    mov ax, 0x0e41",
    "    mov {a}, [counter_{r}]",
    "    mov [counter_{i}], {a}",
    "    add {a}, {b}",
    "    add {a}, {n}",
    "    add dword [esp+4], 1",
    "    sub {a}, 4",
    "    inc {a}",
    "    dec dword [counter_{i}]",
    "    xor {a}, {a}            ; nothing yet",
    "    and {a}, 0xff",
    "    or {a}, LIMIT*2+1",
    "    shl {a}, 2",
    "    lea {a}, [{b}+{a}*4+LIMIT]",
    "    movzx {a}, byte [{b}+1]",
    "    test {a}, {b}",
    "    push {a}",
    "    pop {b}",
    "    push dword LIMIT",
    "    call routine_{r}",
    "    call routine_{r}        ; may not come back",
    "    cmp {a}, 'q'",
    "    je .done",
    "    cmp {a}, LIMIT",
    "    jge .skip",
    "    jmp routine_{r}",
    "    int 0x80",
    "    rep movsb",
    "    store {a}, counter_{r}",
    "    out 0xe1, al",
    "",
    "    ; what follows is only right for small numbers: the rest was seen to before",
];

const REGISTERS: [&str; 6] = ["eax", "ebx", "ecx", "edx", "esi", "edi"];

/// How many routines a reference goes beyond its own at most.
const REACH: usize = 20;

/// Numbers without pattern, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}

fn head(out: &mut String, syntax: Syntax) {
    out.push_str(match syntax {
        Syntax::Nasm => {
            "bits 32\norg 0x100000\n%define LIMIT 100\n%define DEBUG 0\n%macro store 2\n    \
             mov [%2], %1\n    add dword [%2], LIMIT\n%endmacro\n"
        }
        Syntax::Fasm => {
            "use32\norg 0x100000\nLIMIT equ 100\nDEBUG = 0\nmacro store what, where {\n    \
             mov [where], what\n    add dword [where], LIMIT\n}\n"
        }
    });
}

/// The lines of a routine: 16 of its own and twelve that the dice choose.
fn routine(out: &mut String, syntax: Syntax, i: usize, routines: usize, dice: &mut Dice) {
    let (start, end) = match syntax {
        Syntax::Nasm => ("%if DEBUG", "%endif"),
        Syntax::Fasm => ("if DEBUG", "end if"),
    };
    let _ = write!(
        out,
        "; ---- routine {i}: looks through a buffer and counts ----\nroutine_{i}:\n    push ebp\n    \
         mov ebp, esp\n{start}\n    mov byte [table], {}\n{end}\n.next:\n",
        i % 128
    );
    for _ in 0..12 {
        line(out, LINES[dice.roll(LINES.len())], i, routines, dice);
    }
    let _ = write!(
        out,
        ".skip:\n    dec ecx\n    jnz .next\n.done:\n    pop ebp\n    ret\ncounter_{i}: dd {}, \
         routine_{i}\ntext_{i}: db 'number {i}', 13, 10, 0\n    times 4 db 0x90\n",
        i * 3
    );
}

/// One of [`LINES`] with its places filled.
fn line(out: &mut String, pattern: &str, i: usize, routines: usize, dice: &mut Dice) {
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((what, behind)) = after.split_once('}') else { break };
        let near = (i + dice.roll(2 * REACH)).saturating_sub(REACH).min(routines - 1);
        let _ = match what {
            "n" => write!(out, "{}", dice.roll(1000)),
            "i" => write!(out, "{i}"),
            "r" => write!(out, "{near}"),
            _ => write!(out, "{}", REGISTERS[dice.roll(REGISTERS.len())]),
        };
        rest = behind;
    }
    out.push_str(rest);
    out.push('\n');
}

/// A program with about so many lines of all kinds.
pub(crate) fn mixed(lines: usize, syntax: Syntax) -> String {
    let mut out = String::with_capacity(lines * 24);
    head(&mut out, syntax);
    let routines = (lines / 30).max(1);
    let mut dice = Dice(7);
    for i in 0..routines {
        routine(&mut out, syntax, i, routines, &mut dice);
    }
    out.push_str(match syntax {
        Syntax::Nasm => "table: times 256 dd 0\nend_of_all equ $\n    dd end_of_all - table\n",
        Syntax::Fasm => "table: times 256 dd 0\nend_of_all = $\n    dd end_of_all - table\n",
    });
    out
}

/// Nothing but labels, each used once.
pub(crate) fn labels(lines: usize) -> String {
    let mut out = String::from("bits 32\n");
    for i in 0..lines / 2 {
        let _ = write!(out, "a_label_{i}:\n    dd a_label_{}\n", i * 7 % (lines / 2));
    }
    out
}

/// Uses of a macro with two parameters and a local label, and of one of a single line.
pub(crate) fn macros(uses: usize) -> String {
    let mut out = String::from(
        "bits 32\n%define four(x) (4 * (x))\n%macro put 2\n    test %1, %1\n    jz %%none\n    \
         mov dword [%1], %2\n%%none:\n%endmacro\n",
    );
    for i in 0..uses / 2 {
        let _ = write!(out, "    put eax, {i}\n    dd four({i})\n");
    }
    out
}

/// Branches each of which is only near enough if the one behind it is short. None is in the end.
pub(crate) fn chain(branches: usize) -> String {
    let mut out = String::from("bits 32\n");
    for i in 0..branches {
        // The target lies 126 bytes ahead when nothing grows.
        let _ = write!(out, "t{i}: jmp t{}\n    times 62 nop\n", i + 2);
    }
    // The last one is far, and each before it then grows in its turn.
    let _ = write!(out, "t{branches}: times 200 nop\nt{}: nop\n", branches + 1);
    out
}
