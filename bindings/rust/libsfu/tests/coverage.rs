// SPDX-License-Identifier: Apache-2.0
//! Every function of the C interface is bound, or left out on purpose.
use std::collections::BTreeSet;
use std::path::Path;

/// With why.
const LEFT_OUT: [(&str, &str); 1] = [(
    "sfu_packet_sink_receive",
    "a host's own sockets, which need unsafe buffers: sfu_transport_callbacks of libsfu-sys",
)];

fn sources(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

fn names(text: &str, before: &str) -> BTreeSet<String> {
    let ends = |c: char| !c.is_alphanumeric() && c != '_';
    text.split(before).skip(1).filter_map(|rest| rest.find(ends).map(|end| rest[..end].to_string())).collect()
}

#[test]
fn every_function_is_bound_or_left_out() {
    let declared = names(&sources("../libsfu-sys/src"), "pub fn ");
    assert!(declared.len() > 100);
    let ours = sources("src");
    // A handle's release is a word of the macro that makes its type.
    let used = |name: &String| ours.contains(&format!("sys::{}", name)) || ours.contains(&format!(", {})", name));
    let missing: Vec<_> = declared.iter().filter(|name| !used(name)).map(String::as_str).collect();
    assert_eq!(missing, LEFT_OUT.map(|(name, _)| name));
}

/// What is documented there is compiled.
#[test]
fn the_readmes_lines_are_those_of_the_documentation() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let lines = readme.split("```rust\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(lines.lines().count() >= 10);
    let documented = sources("src");
    for line in lines.lines() {
        assert!(documented.contains(&format!("//! {}\n", line)), "{}", line);
    }
}
