//! Makes NASM text with random operands for every code that iced knows, from iced's own metadata.
//!
//! Knows nothing of the assembler under test, nor of its table.

use iced_x86::{Code, EncodingKind, OpCodeInfo, OpCodeOperandKind as K};

/// A repeatable source of numbers (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

/// One line of text and the code it was made for.
pub(crate) struct Line {
    pub(crate) code: Code,
    pub(crate) text: String,
}

/// `per_code` lines for every code that exists in this mode.
pub(crate) fn lines(bits: u32, per_code: u32, random: &mut Random) -> Vec<Line> {
    let mut lines = Vec::new();
    for code in Code::values() {
        let info = code.op_code();
        let mvex = info.encoding() == EncodingKind::MVEX;
        if !info.is_instruction() || mvex || !info.is_available_in_mode(bits) {
            continue;
        }
        for _ in 0..per_code {
            lines.push(Line { code, text: Writer { bits, info, random }.line(code) });
        }
    }
    lines
}

struct Writer<'a> {
    bits: u32,
    info: &'a OpCodeInfo,
    random: &'a mut Random,
}

const R8: [&str; 20] = [
    "al", "cl", "dl", "bl", "ah", "ch", "dh", "bh", "spl", "bpl", "sil", "dil", "r8b", "r9b",
    "r10b", "r11b", "r12b", "r13b", "r14b", "r15b",
];
const R16: [&str; 16] = [
    "ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "r8w", "r9w", "r10w", "r11w", "r12w", "r13w",
    "r14w", "r15w",
];
const R32: [&str; 16] = [
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d",
    "r13d", "r14d", "r15d",
];
const R64: [&str; 16] = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15",
];

impl Writer<'_> {
    fn line(&mut self, code: Code) -> String {
        let mnemonic = format!("{:?}", code.mnemonic()).to_lowercase();
        let mut operands = Vec::new();
        let rounding = self.rounding();
        for (index, &kind) in self.info.op_kinds().iter().enumerate() {
            if let Some(mut operand) = self.operand(kind, rounding.is_some()) {
                if index == 0 {
                    operand.push_str(&self.mask());
                }
                operands.push(operand);
            }
        }
        operands.extend(rounding.map(str::to_owned));
        format!("{}{mnemonic} {}", self.prefix(), operands.join(", ")).trim_end().to_owned()
    }

    fn prefix(&mut self) -> &'static str {
        let evex = self.info.encoding() == EncodingKind::EVEX;
        match () {
            () if evex && self.random.one_in(2) => "{evex} ",
            () if self.info.can_use_rep_prefix() && self.random.one_in(4) => "rep ",
            () if self.info.can_use_repne_prefix() && self.random.one_in(4) => "repne ",
            () => "",
        }
    }

    fn rounding(&mut self) -> Option<&'static str> {
        let memory = !self.random.one_in(3);
        match () {
            () if memory => None,
            () if self.info.can_use_rounding_control() => {
                Some(self.random.pick(&["{rn-sae}", "{rd-sae}", "{ru-sae}", "{rz-sae}"]))
            }
            () if self.info.can_suppress_all_exceptions() => Some("{sae}"),
            () => None,
        }
    }

    fn mask(&mut self) -> String {
        let may = self.info.can_use_op_mask_register() && self.random.one_in(2);
        if !may && !self.info.require_op_mask_register() {
            return String::new();
        }
        let zeroing = self.info.can_use_zeroing_masking() && self.random.one_in(2);
        let mask = format!("{{k{}}}", 1 + self.random.below(7));
        if zeroing { mask + "{z}" } else { mask }
    }

    /// One of the registers of the mode; `count` of them are there in 64-bit code.
    fn number(&mut self, count: u64) -> u64 {
        let evex = self.info.encoding() == EncodingKind::EVEX;
        self.random.below(if self.bits != 64 {
            8
        } else if evex {
            count
        } else {
            count.min(16)
        })
    }

    fn general(&mut self, size: u32) -> String {
        let number = usize::try_from(self.number(16)).unwrap();
        match size {
            8 if self.bits == 64 => self.random.pick(&R8).to_owned(),
            8 => R8[number].to_owned(),
            16 => R16[number].to_owned(),
            32 => R32[number].to_owned(),
            _ => R64[number].to_owned(),
        }
    }

    fn vector(&mut self, name: &str) -> String {
        format!("{name}{}", self.number(32))
    }

    #[expect(clippy::too_many_lines, reason = "one arm a kind of operand")]
    fn operand(&mut self, kind: K, registers: bool) -> Option<String> {
        let memory = !registers && self.random.one_in(2);
        Some(match kind {
            K::r8_or_mem
            | K::r16_or_mem
            | K::r32_or_mem
            | K::r64_or_mem
            | K::mm_or_mem
            | K::xmm_or_mem
            | K::ymm_or_mem
            | K::zmm_or_mem
            | K::bnd_or_mem_mpx
            | K::k_or_mem
            | K::r32_or_mem_mpx
            | K::r64_or_mem_mpx
                if memory =>
            {
                self.memory("")
            }
            K::r8_or_mem | K::r8_reg | K::r8_opcode => self.general(8),
            K::r16_or_mem | K::r16_reg | K::r16_opcode | K::r16_rm | K::r16_reg_mem => {
                self.general(16)
            }
            K::r32_or_mem
            | K::r32_reg
            | K::r32_opcode
            | K::r32_rm
            | K::r32_reg_mem
            | K::r32_vvvv
            | K::r32_or_mem_mpx => self.general(32),
            K::r64_or_mem
            | K::r64_reg
            | K::r64_opcode
            | K::r64_rm
            | K::r64_reg_mem
            | K::r64_vvvv
            | K::r64_or_mem_mpx => self.general(64),
            K::mm_reg | K::mm_rm | K::mm_or_mem => format!("mm{}", self.random.below(8)),
            K::xmm_reg
            | K::xmm_rm
            | K::xmm_or_mem
            | K::xmm_vvvv
            | K::xmm_is4
            | K::xmm_is5
            | K::xmmp3_vvvv => self.vector("xmm"),
            K::ymm_reg | K::ymm_rm | K::ymm_or_mem | K::ymm_vvvv | K::ymm_is4 | K::ymm_is5 => {
                self.vector("ymm")
            }
            K::zmm_reg | K::zmm_rm | K::zmm_or_mem | K::zmm_vvvv | K::zmmp3_vvvv => {
                self.vector("zmm")
            }
            K::k_reg | K::kp1_reg | K::k_rm | K::k_vvvv | K::k_or_mem => {
                format!("k{}", self.random.below(8))
            }
            K::bnd_reg | K::bnd_or_mem_mpx => format!("bnd{}", self.random.below(4)),
            K::tmm_reg | K::tmm_rm | K::tmm_vvvv => format!("tmm{}", self.random.below(8)),
            K::seg_reg => self.random.pick(&["es", "ss", "ds", "fs", "gs"]).to_owned(),
            K::cr_reg => self.random.pick(&["cr0", "cr2", "cr3", "cr4"]).to_owned(),
            K::dr_reg => format!("dr{}", self.random.below(8)),
            K::tr_reg => format!("tr{}", 3 + self.random.below(5)),
            K::sti_opcode => format!("st{}", self.random.below(8)),
            K::mem | K::mem_mpx | K::sibmem => self.memory(""),
            K::mem_mib => self.memory("mib"),
            K::mem_offs => self.offset(),
            K::mem_vsib32x | K::mem_vsib64x => self.memory("xmm"),
            K::mem_vsib32y | K::mem_vsib64y => self.memory("ymm"),
            K::mem_vsib32z | K::mem_vsib64z => self.memory("zmm"),
            K::imm8_const_1 => "1".to_owned(),
            K::imm8 => self.immediate(8),
            K::imm4_m2z => self.random.below(4).to_string(),
            K::imm8sex16 | K::imm16 => self.immediate(16),
            K::imm8sex32 | K::imm32 | K::imm32sex64 | K::imm8sex64 => self.immediate(32),
            K::imm64 => self.immediate(64),
            K::br16_1 | K::br32_1 | K::br64_1 => format!("$+{}", self.random.below(100)),
            K::br16_2 | K::br32_4 | K::br64_4 | K::xbegin_2 | K::xbegin_4 => {
                format!("$+{}", 200 + self.random.below(1000))
            }
            K::brdisp_2 | K::brdisp_4 => self.immediate(16),
            K::farbr2_2 | K::farbr4_2 => {
                let size = if kind == K::farbr2_2 { "word" } else { "dword" };
                format!("{size} {}:{}", self.random.below(0x10000), self.random.below(0x10000))
            }
            K::es_rDI | K::seg_rDI | K::seg_rSI | K::seg_rBX_al => return None,
            fixed => match format!("{fixed:?}").as_str() {
                "al" | "ax" | "eax" | "rax" if self.is_string() => return None,
                "dx" if self.is_string() => return None,
                name => name.to_owned(),
            },
        })
    }

    fn is_string(&self) -> bool {
        self.info.op_kinds().iter().any(|k| matches!(k, K::es_rDI | K::seg_rSI | K::seg_rDI))
    }

    fn immediate(&mut self, bits: u32) -> String {
        let n = self.random.next();
        match self.random.below(6) {
            0 => (n % 16).to_string(),
            1 => (n % 128).to_string(),
            2 if bits > 8 => format!("-{}", n % 129),
            3 if bits > 16 => format!("0x{:x}", n % 0x7FFF_FFFF),
            4 if bits > 32 => format!("0x{n:x}"),
            _ if bits > 8 => (n % 0x7FFF).to_string(),
            _ => (n % 256).to_string(),
        }
    }

    fn size_word(&mut self, broadcast: bool) -> &'static str {
        let size =
            if broadcast { self.info.broadcast_memory_size() } else { self.info.memory_size() };
        let structure = ["SegPtr", "Bound", "Fword", "Fpu", "Fxsave", "Xsave", "Tile", "Bnd"];
        let name = format!("{size:?}");
        if structure.iter().any(|s| name.starts_with(s)) || self.random.one_in(4) {
            return if name.starts_with("SegPtr") && self.info.is_group() { "far " } else { "" };
        }
        match size.size() {
            1 => "byte ",
            2 => "word ",
            4 => "dword ",
            8 => "qword ",
            10 => "tword ",
            16 => "oword ",
            32 => "yword ",
            64 => "zword ",
            _ => "",
        }
    }

    fn displacement(&mut self) -> String {
        let n = self.random.next();
        match self.random.below(5) {
            0 => String::new(),
            1 => format!("+{}", n % 128),
            2 => format!("-{}", 1 + n % 128),
            3 => format!("+{}", n % 32 * 16),
            _ => format!("+0x{:x}", n % if self.bits == 16 { 0x7FFF } else { 0x7FFF_FFFF }),
        }
    }

    fn offset(&mut self) -> String {
        let n = self.random.below(0x10000);
        if self.bits == 64 { format!("[qword 0x{n:x}]") } else { format!("[0x{n:x}]") }
    }

    /// A memory operand, its size word and broadcast; `vector` names the index's kind.
    fn memory(&mut self, vector: &str) -> String {
        let broadcast = self.info.can_broadcast() && self.random.one_in(3);
        let size = if vector.is_empty() { self.size_word(broadcast) } else { "" };
        let segment = if self.random.one_in(10) { self.random.pick(&["fs:", "gs:"]) } else { "" };
        let address = match vector {
            "" if self.bits == 16 && !self.random.one_in(4) => self.address16(),
            "" => self.address(),
            "mib" => {
                let base = self.general(if self.bits == 64 { 64 } else { 32 });
                format!("{base}{}", self.displacement())
            }
            _ => {
                let base = self.general(if self.bits == 64 { 64 } else { 32 });
                let scale = 1 << self.random.below(4);
                let index = self.vector(vector);
                format!("{base}+{index}*{scale}{}", self.displacement())
            }
        };
        let count = if broadcast {
            let element = self.info.broadcast_memory_size().size();
            format!("{{1to{}}}", self.info.memory_size().size() / element.max(1))
        } else {
            String::new()
        };
        format!("{size}[{segment}{address}]{count}")
    }

    fn address16(&mut self) -> String {
        let registers = ["bx+si", "bx+di", "bp+si", "bp+di", "si", "di", "bp", "bx", "0x1234"];
        let base = self.random.pick(&registers);
        if base == "0x1234" { base.to_owned() } else { format!("{base}{}", self.displacement()) }
    }

    fn address(&mut self) -> String {
        let wide = if self.bits == 64 && !self.random.one_in(8) { 64 } else { 32 };
        let (base, index) = (self.general(wide), self.general(wide));
        let scale = 1 << self.random.below(4);
        let displacement = self.displacement();
        let sp = index.ends_with("sp");
        match self.random.below(8) {
            0 | 1 => format!("{base}{displacement}"),
            2 | 3 if !sp => format!("{base}+{index}*{scale}{displacement}"),
            4 if !sp => format!(
                "{index}*{}{displacement}",
                [2, 4, 8, 3, 5, 9, 1][usize::try_from(self.random.below(7)).unwrap()]
            ),
            5 => format!("{base}+{index}{displacement}"),
            6 => format!("0x{:x}", self.random.below(0x7FFF_FFFF)),
            _ => base,
        }
    }
}
