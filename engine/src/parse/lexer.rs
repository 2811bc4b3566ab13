//! Characters to tokens: words, numbers, sizes, ratios, colours, quoted text and the marks between clauses.
//!
//! The one rule: a token remembers where it stood, so a decline can quote the very words that were typed.
//! Called first by `parse/mod.rs`; knows no vocabulary.

/// One token and its bytes in the instruction.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Lower case, straight apostrophes.
    Word(String),
    Number {
        value: f64,
        signed: bool,
    },
    /// `1920x1080`
    Size(u32, u32),
    /// `16:9`
    Ratio(String),
    /// `#rrggbb`
    Hex(String),
    /// What stood between quotation marks.
    Quoted(String),
    /// `@2`, `#3`
    Reference(u32),
    Comma,
    Stop,
    Question,
}

/// Cuts the text into tokens; characters that mean nothing (emoji, dashes between blanks) vanish.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().map(|(i, c)| (i, straight(c))).collect();
    let mut lexer = Lexer {
        chars: &chars,
        at: 0,
        end: text.len(),
        out: Vec::new(),
    };
    while lexer.at < chars.len() {
        lexer.next();
    }
    lexer.out
}

fn straight(c: char) -> char {
    match c {
        '’' | '‘' | 'ʼ' | '`' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '×' => 'x',
        '−' => '-',
        _ => c,
    }
}

/// Endings that say of a thing that it is like another.
const LIKENING: [&str; 7] = [
    "-inspired",
    "-style",
    "-styled",
    "-like",
    "-themed",
    "-esque",
    "-looking",
];

struct Lexer<'a> {
    chars: &'a [(usize, char)],
    at: usize,
    end: usize,
    out: Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).map_or(' ', |&(_, c)| c)
    }

    fn push(&mut self, from: usize, kind: Kind) {
        let start = self.chars[from].0;
        let end = self.chars.get(self.at).map_or(self.end, |&(i, _)| i);
        self.out.push(Token { kind, start, end });
    }

    fn next(&mut self) {
        let from = self.at;
        let c = self.peek(0);
        let starts_word = !self
            .chars
            .get(from.wrapping_sub(1))
            .is_some_and(|&(_, c)| c.is_alphanumeric());
        match c {
            '"' => self.quoted('"'),
            '\'' if starts_word && self.closes_later() => self.quoted('\''),
            '#' if self.hex_len() == 6 || self.hex_len() == 3 => self.hex(),
            '@' | '#' if self.peek(1).is_ascii_digit() => {
                self.at += 1;
                let number = self.digits();
                self.push(from, Kind::Reference(number as u32));
            }
            '+' | '-' if starts_word && self.peek(1).is_ascii_digit() => {
                self.at += 1;
                self.number(from, if c == '-' { -1.0 } else { 1.0 }, true);
            }
            '0'..='9' => self.number(from, 1.0, false),
            '.' if self.peek(1).is_ascii_digit() => self.number(from, 1.0, false),
            ',' | ':' => self.mark(Kind::Comma),
            '.' | '!' | ';' | '\n' => self.mark(Kind::Stop),
            '?' => self.mark(Kind::Question),
            '%' | '°' | '&' => {
                self.at += 1;
                self.push(from, Kind::Word(c.to_string()));
            }
            c if c.is_alphanumeric() => self.word(),
            _ => self.at += 1,
        }
    }

    fn mark(&mut self, kind: Kind) {
        self.at += 1;
        self.push(self.at - 1, kind);
    }

    /// Whether a single quotation mark here has a partner at the end of a word.
    fn closes_later(&self) -> bool {
        (self.at + 2..self.chars.len())
            .any(|i| self.chars[i].1 == '\'' && !self.chars.get(i + 1).is_some_and(|&(_, c)| c.is_alphanumeric()))
    }

    fn quoted(&mut self, mark: char) {
        let from = self.at;
        self.at += 1;
        let mut text = String::new();
        while self.at < self.chars.len() && self.peek(0) != mark {
            text.push(self.peek(0));
            self.at += 1;
        }
        self.at = (self.at + 1).min(self.chars.len());
        self.push(from, Kind::Quoted(text));
    }

    fn hex_len(&self) -> usize {
        let len = (1..8).take_while(|&i| self.peek(i).is_ascii_hexdigit()).count();
        // Three digits alone are rather a number ("#123"): a colour has a letter in it.
        if len == 3 && (1..4).all(|i| self.peek(i).is_ascii_digit()) {
            0
        } else {
            len
        }
    }

    fn hex(&mut self) {
        let (from, len) = (self.at, self.hex_len());
        let digits: Vec<char> = (1..=len).map(|i| self.peek(i).to_ascii_lowercase()).collect();
        let full: String = if len == 3 {
            digits.iter().flat_map(|&d| [d, d]).collect()
        } else {
            digits.iter().collect()
        };
        self.at += len + 1;
        self.push(from, Kind::Hex(format!("#{full}")));
    }

    fn digits(&mut self) -> f64 {
        let mut text = String::new();
        while self.peek(0).is_ascii_digit()
            || (self.peek(0) == '.' && self.peek(1).is_ascii_digit() && !text.contains('.'))
        {
            text.push(self.peek(0));
            self.at += 1;
        }
        if text.starts_with('.') {
            text.insert(0, '0');
        }
        text.parse().unwrap_or(0.0)
    }

    fn number(&mut self, from: usize, sign: f64, signed: bool) {
        let value = self.digits() * sign;
        let (mark, next) = (self.peek(0), self.peek(1));
        let spaced = mark == ' ' && matches!(next, 'x' | ':') && self.peek(2) == ' ' && self.peek(3).is_ascii_digit();
        if spaced || (matches!(mark, 'x' | 'X' | '*' | ':' | '/') && next.is_ascii_digit()) {
            let mark = if spaced { next } else { mark };
            self.at += if spaced { 3 } else { 1 };
            let second = self.digits();
            let kind = if matches!(mark, ':' | '/') {
                Kind::Ratio(format!("{value}:{second}"))
            } else {
                Kind::Size(value as u32, second as u32)
            };
            return self.push(from, kind);
        }
        // "8-bit" and "16 bit" are words.
        let bit: String = (1..5).map(|i| self.peek(i).to_ascii_lowercase()).collect();
        let is_bit = bit.starts_with("bit") && !bit.ends_with(|c: char| c.is_alphanumeric());
        if !signed && (value == 8.0 || value == 16.0) && matches!(mark, ' ' | '-') && is_bit {
            self.at += 4;
            return self.push(from, Kind::Word(format!("{value}-bit")));
        }
        self.push(from, Kind::Number { value, signed });
    }

    fn word(&mut self) {
        let from = self.at;
        let mut text = String::new();
        loop {
            let (c, next) = (self.peek(0), self.peek(1));
            let joins = matches!(c, '\'' | '-' | '&' | '/') && next.is_alphanumeric();
            if !c.is_alphanumeric() && !joins {
                break;
            }
            text.extend(c.to_lowercase());
            self.at += 1;
        }
        // "cyberpunk-inspired" is in the style of cyberpunk.
        let likens = LIKENING.iter().find_map(|end| text.strip_suffix(end));
        if let Some(like) = likens.filter(|like| !like.is_empty()) {
            self.push(from, Kind::Word(like.to_owned()));
            text = "style".to_owned();
        }
        self.push(from, Kind::Word(text));
    }
}
