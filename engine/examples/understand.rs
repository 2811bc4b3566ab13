//! Prints what is understood of each line of standard input, or of the last column of a TSV given by name.
//!
//! `cargo run -p plantain-engine --example understand < instructions.txt`

use plantain_engine::{Context, explain, understand};

fn main() -> std::io::Result<()> {
    let text = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(path)?,
        None => std::io::read_to_string(std::io::stdin())?,
    };
    for line in text.lines() {
        let words = line.rsplit('\t').next().unwrap_or(line);
        let understood = understand(words, &Context::default());
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
