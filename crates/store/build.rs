//! Embeds the migrations folder: a new file is picked up without naming it anywhere.

use std::fmt::Write;
use std::{env, fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    let mut files: Vec<_> = fs::read_dir(Path::new(&root).join("migrations"))
        .expect("the migrations folder")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .collect();
    files.sort();
    let mut list = String::from("&[\n");
    for path in files {
        let name = path.file_name().and_then(|n| n.to_str()).expect("an UTF-8 name");
        writeln!(list, "    ({name:?}, include_str!({path:?})),").expect("memory");
    }
    list.push_str("]\n");
    fs::write(Path::new(&out).join("migrations.rs"), list).expect("a writable output folder");
}
