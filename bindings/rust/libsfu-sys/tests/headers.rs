// SPDX-License-Identifier: Apache-2.0
//! Holds the declarations of this crate against the headers: each is written as C, and the C compiler compares types,
//! offsets, sizes and numbers. The headers are those of SFU_INCLUDE_DIR, or of this repository.
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn headers() -> PathBuf {
    match std::env::var_os("SFU_INCLUDE_DIR") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../include"),
    }
}

fn files(folder: &Path, extension: &str) -> String {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let of_kind = paths.iter().filter(|path| path.extension().map_or(false, |e| e == extension));
    of_kind.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Declarations on one line each, without comments.
fn declarations() -> String {
    let source = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "rs");
    let code: String = source.lines().filter(|line| !line.starts_with("//")).map(|line| format!("{} ", line)).collect();
    let mut line = code.split_whitespace().collect::<Vec<_>>().join(" ");
    // As if the formatter had not broken lines.
    for (broken, whole) in [("( ", "("), (", )", ")"), ("< ", "<"), (", >", ">")] {
        line = line.replace(broken, whole);
    }
    line
}

/// `name: *const c_char` is `const char* name`: a type and what stands before and after the name.
fn c_type(rust: &str) -> String {
    let rust = rust.trim();
    if let Some(to) = rust.strip_prefix("*const ") {
        return match to.strip_prefix('*') {
            Some(_) => format!("{} const*", c_type(to)),
            None => format!("const {}*", c_type(to)),
        };
    }
    if let Some(to) = rust.strip_prefix("*mut ") {
        return format!("{}*", c_type(to));
    }
    match rust {
        "i32" | "u32" | "i64" | "u64" | "u16" | "u8" => {
            let (sign, bits) = rust.split_at(1);
            format!("{}int{}_t", if sign == "u" { "u" } else { "" }, bits)
        }
        "usize" => "size_t".into(),
        "f64" => "double".into(),
        "c_char" => "char".into(),
        "c_void" => "void".into(),
        "c_int" => "int".into(),
        named => {
            assert!(named.starts_with("sfu_"), "what is {}?", named);
            named.into()
        }
    }
}

fn parameters(list: &str) -> String {
    let types: Vec<_> =
        list.split(',').filter(|p| !p.trim().is_empty()).map(|p| c_type(p.split_once(':').unwrap().1)).collect();
    if types.is_empty() {
        "void".into()
    } else {
        types.join(", ")
    }
}

/// `fn(user: *mut c_void) -> i32` without its `fn(`.
fn function(rest: &str, declarator: &str) -> String {
    let (list, result) = rest.rsplit_once(')').unwrap();
    let result = result.trim().strip_prefix("->").map_or("void".into(), c_type);
    format!("{} {}({})", result, declarator, parameters(list))
}

/// A field, or a parameter, of that name in C.
fn field(name: &str, rust: &str) -> String {
    if let Some(array) = rust.strip_prefix('[') {
        let (of, length) = array.trim_end_matches(']').split_once(';').unwrap();
        return format!("{} {}[{}]", c_type(of), name, length.trim());
    }
    match rust.strip_prefix("Option<unsafe extern \"C\" fn(") {
        Some(rest) => function(rest.strip_suffix('>').unwrap(), &format!("(*{})", name)),
        None => format!("{} {}", c_type(rust), name),
    }
}

/// Splits at commas that are in no brackets.
fn fields(body: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0, 0, Vec::new());
    for (at, c) in body.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                found.push(body[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(body[from..].trim());
    found.into_iter().filter(|f| !f.is_empty()).collect()
}

fn compare_struct(name: &str, body: &str, c: &mut String) {
    let mut members = String::new();
    let mut checks = String::new();
    for each in fields(body) {
        let (field_name, rust) = each.strip_prefix("pub ").unwrap().split_once(": ").unwrap();
        members += &format!("  {};\n", field(field_name, rust));
        checks += &format!(
            "SAME(__typeof__(((struct our_{0}*)0)->{1}), __typeof__((({0}*)0)->{1}));\n\
             TRUE(offsetof(struct our_{0}, {1}) == offsetof({0}, {1}));\n",
            name, field_name
        );
    }
    *c += &format!("struct our_{} {{\n{}}};\n{}", name, members, checks);
    *c += &format!("TRUE(sizeof(struct our_{0}) == sizeof({0}));\n", name);
}

/// The C program, and how much is in it.
fn comparison(rust: &str) -> (String, usize) {
    let mut c = String::from(
        "#include <stddef.h>\n#include \"sfu-c/sfu.h\"\n\
         #define TRUE(x) _Static_assert(x, #x)\n\
         #define SAME(a, b) TRUE(__builtin_types_compatible_p(a, b))\n",
    );
    let mut count = 0;
    for part in rust.split("pub struct ").skip(1) {
        let (name, rest) = part.split_once(" { ").unwrap();
        let body = rest.split_once('}').unwrap().0;
        if !body.contains("_opaque") {
            compare_struct(name, body, &mut c);
            count += 1;
        }
    }
    for part in rust.split("pub const ").skip(1) {
        let (name, rest) = part.split_once(": ").unwrap();
        let value = rest.split_once(';').unwrap().0.rsplit_once("= ").unwrap().1;
        c += &format!("TRUE({} == ({}));\n", name, value);
        count += 1;
    }
    for part in rust.split("pub type ").skip(1) {
        let (name, rest) = part.split_once(" = ").unwrap();
        let rust = rest.split_once(';').unwrap().0;
        c += &format!("typedef {};\nSAME(our_{1}, {1});\n", field(&format!("our_{}", name), rust), name);
        count += 1;
    }
    for part in rust.split("pub fn ").skip(1) {
        let (name, rest) = part.split_once('(').unwrap();
        let declared = function(rest.split_once(';').unwrap().0, "");
        c += &format!("SAME(__typeof__({}), {});\n", name, declared);
        count += 1;
    }
    (c, count)
}

#[test]
fn declarations_are_those_of_the_headers() {
    let (program, count) = comparison(&declarations());
    assert!(count > 250, "only {} declarations found", count);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comparison.c");
    std::fs::write(&path, program).unwrap();
    let compiled = Command::new("cc")
        .args(["-std=c11", "-fsyntax-only", "-Werror", "-I"])
        .arg(headers())
        .arg(&path)
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
}

/// The comparison would notice: it is no comparison of nothing.
#[test]
fn a_wrong_declaration_is_found() {
    let rust = declarations();
    for (right, wrong) in [
        ("pub muted: sfu_bool", "pub muted: i64"),
        ("pub const SFU_ERROR_CLOSED: sfu_status = -11", "pub const SFU_ERROR_CLOSED: sfu_status = -12"),
        ("pub fn sfu_engine_stop(engine: *mut sfu_engine", "pub fn sfu_engine_stop(engine: *mut sfu_room"),
        ("pub rid: *const c_char, ", ""),
    ] {
        let changed = rust.replacen(right, wrong, 1);
        assert_ne!(changed, rust, "there is no {}", right);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong.c");
        std::fs::write(&path, comparison(&changed).0).unwrap();
        let compiled =
            Command::new("cc").args(["-std=c11", "-fsyntax-only", "-I"]).arg(headers()).arg(&path).output().unwrap();
        assert!(!compiled.status.success(), "{} was not noticed", wrong);
    }
}

fn names(text: &str, before: &str) -> BTreeSet<String> {
    let ends = |c: char| !c.is_alphanumeric() && c != '_';
    text.split(before).skip(1).map(|rest| rest[..rest.find(ends).unwrap()].to_string()).collect()
}

#[test]
fn everything_that_the_headers_declare_is_here() {
    let headers = files(&headers().join("sfu-c"), "h");
    let ours = declarations();
    // Functions: the name before the first bracket of what SFU_API begins.
    let declared: BTreeSet<String> = headers
        .split("SFU_API ")
        .skip(1)
        .filter_map(|rest| rest.split_once('(').map(|(head, _)| head))
        .filter_map(|head| head.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("sfu_"))
        .map(String::from)
        .collect();
    assert!(declared.len() > 100);
    assert_eq!(declared, names(&ours, "pub fn "));
    let mut structs = names(&headers, "typedef struct ");
    structs.retain(|name| name.starts_with("sfu_"));
    assert_eq!(structs, names(&ours, "pub struct "));
    let constants: BTreeSet<String> = headers
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .zip(headers.split(|c: char| !c.is_alphanumeric() && c != '_').skip(1))
        .map(|(name, _)| name.to_string())
        .filter(|name| name.starts_with("SFU_") && headers.contains(&format!("{} = ", name)))
        .collect();
    assert_eq!(constants, names(&ours, "pub const "));
}
