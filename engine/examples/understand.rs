//! Prints what is understood of each line of standard input, or of the last column of a TSV given by name.
//!
//! `cargo run -p plantain-engine --example understand < instructions.txt`; `--nets` reads them as if every net were there
//! and one more picture attached, `--alone` with the nets and no other picture.

use plantain_engine::{Context, Finds, explain, understand};

fn main() -> std::io::Result<()> {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|a| a.starts_with("--"));
    let finds = if flags.is_empty() {
        Finds::default()
    } else {
        Finds::everything()
    };
    let context = Context {
        references: u32::from(flags.iter().any(|flag| flag == "--nets")),
        finds,
        ..Context::default()
    };
    let text = match files.first() {
        Some(path) => std::fs::read_to_string(path)?,
        None => std::io::read_to_string(std::io::stdin())?,
    };
    for line in text.lines() {
        let words = line.rsplit('\t').next().unwrap_or(line);
        let understood = understand(words, &context);
        let left_out: Vec<String> = understood
            .declined
            .iter()
            .map(|d| format!("{:?} “{}”: {}", d.reason, d.text, d.message))
            .collect();
        println!(
            "{words}\n    {} {}\n    - {}",
            explain(&understood.steps),
            serde_json::to_string(&understood.steps)?,
            left_out.join("\n    - ")
        );
    }
    Ok(())
}
