// SPDX-License-Identifier: Apache-2.0
//! Where libsfu-c.so is: the folder of SFU_LIBRARY_DIR, or that of the file SFU_LIBRARY, or where pkg-config says.
use std::path::PathBuf;
use std::process::Command;

fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("SFU_LIBRARY_DIR") {
        return Some(folder.into());
    }
    if let Some(file) = std::env::var_os("SFU_LIBRARY") {
        return PathBuf::from(file).parent().map(Into::into);
    }
    let said = Command::new("pkg-config").args(["--libs-only-L", "sfu-c"]).output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    said.split_whitespace().next()?.strip_prefix("-L").map(Into::into)
}

fn main() {
    for name in ["SFU_LIBRARY_DIR", "SFU_LIBRARY", "PKG_CONFIG_PATH"] {
        println!("cargo:rerun-if-env-changed={}", name);
    }
    // None: where the linker looks by itself.
    if let Some(folder) = folder() {
        println!("cargo:rustc-link-search=native={}", folder.display());
    }
    println!("cargo:rustc-link-lib=dylib=sfu-c");
}
