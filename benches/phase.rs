use applet::driver::Choices;
use applet::machine;
use applet::machine::config::{Io, Output};
use std::fs::File;
use std::time::*;
mod common;
fn main() {
    if std::env::var("THR").is_ok() {
        let text = std::fs::read_to_string(common::source("hello")).unwrap();
        let kvm = kvm_ioctls::Kvm::new().unwrap();
        let cp = kvm.get_supported_cpuid(256).unwrap();
        let make = || {
            let vm = kvm.create_vm().unwrap();
            let v = vm.create_vcpu(0).unwrap();
            v.set_cpuid2(&cp).unwrap();
            (v, vm)
        };
        let mut a = vec![];
        let mut b = vec![];
        let mut c = vec![];
        for _ in 0..500 {
            let t = text.clone();
            let s = Instant::now();
            let p = common::assemble("hello", t).unwrap();
            let m = make();
            a.push(s.elapsed());
            drop((p, m));
            let t = text.clone();
            let s = Instant::now();
            let (p, m) = std::thread::scope(|sc| {
                let h = sc.spawn(|| common::assemble("hello", t).unwrap());
                let m = make();
                (h.join().unwrap(), m)
            });
            b.push(s.elapsed());
            drop((p, m));
            let t = text.clone();
            let s = Instant::now();
            let (p, m) = std::thread::scope(|sc| {
                let h = sc.spawn(|| make());
                let p = common::assemble("hello", t).unwrap();
                (p, h.join().unwrap())
            });
            c.push(s.elapsed());
            drop((p, m));
        }
        for mut x in [a, b, c] {
            x.sort();
            println!("{:?}", x[x.len() / 2]);
        }
        return;
    }
    if std::env::var("ASM").is_ok() {
        let text = std::fs::read_to_string(common::source("hello")).unwrap();
        let s = Instant::now();
        for _ in 0..std::env::var("ASM").unwrap().parse::<u32>().unwrap() {
            std::hint::black_box(common::assemble("hello", text.clone()).unwrap());
        }
        println!("{:?}", s.elapsed() / 1);
        return;
    }
    for h in common::HELLOS {
        common::ready(std::path::Path::new("/tmp"), h).unwrap();
    }
    let c = Choices::default();
    for name in ["hello16", "hello32", "hello", "X", "Y", "Z"] {
        let text=match name{"X"=>"bits 64\ndefault rel\nWRITE equ 0xe5\nEXIT equ 0xe3\n lea rsi, [text]\n mov ecx, text.end - text\nin eax, WRITE\nxor eax, eax\nout EXIT, al\ntext:\n db 'Hello from long mode', 10\n.end:\n".to_owned(),"Y"=>"bits 64\nhlt\n".to_owned(),"Z"=>std::fs::read_to_string(common::source("hello")).unwrap().replace("///","//"),_=>std::fs::read_to_string(common::source(name)).unwrap()};
        let mut h = std::collections::HashMap::<&str, Vec<Duration>>::new();
        let mut v: Vec<[Duration; 6]> = vec![];
        for _ in 0..400 {
            let o = File::options().write(true).open("/dev/null").unwrap();
            let mut io = Io { output: Output::File(o), ..Io::buffers("") };
            let t = text.clone();
            let s = Instant::now();
            let p = common::assemble(name, t).unwrap();
            let a = s.elapsed();
            let r = machine::run(&p.image, &p.config(&c), &mut io).unwrap();
            let tot = s.elapsed();
            v.push([a, r.stats.create, r.stats.boot, r.stats.run, r.stats.tear_down, tot]);
        }
        let m = |i: usize| {
            let mut x: Vec<_> = v.iter().map(|r| r[i]).collect();
            x.sort();
            x[x.len() / 2].as_nanos() as f64 / 1000.
        };
        for (k, mut x) in h {
            x.sort();
            print!("{k} {:.1}; ", x[x.len() / 2].as_nanos() as f64 / 1e3);
        }
        println!(
            "{name}: asm {:.1} create {:.1} boot {:.1} run {:.1} down {:.1} total {:.1}",
            m(0),
            m(1),
            m(2),
            m(3),
            m(4),
            m(5)
        );
    }
}
