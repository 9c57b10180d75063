//! Gathers the texts of every slice and the public assets, so that the binary carries them.
//!
//! Texts: every `src/**/text/{ru,en}.ftl` becomes one entry of a list; a key written twice stops the build.
//! Assets: in optimised builds every file of `assets/` is embedded with a gzip copy; in debug builds
//! they are read from disk, so that an edit of a style needs no rebuild.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/web/assets/inline.rs"]
mod inline;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=askama.toml");
    println!("cargo:rerun-if-changed=src");
    fs::write(out.join("texts.rs"), texts(&root.join("src"))?)?;
    fs::write(out.join("assets.rs"), assets(&root.join("assets"))?)?;
    Ok(())
}

/// Every file under `folder`, in a stable order.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The Rust source of the two lists of Fluent files.
fn texts(src: &Path) -> Outcome<String> {
    let all = files(src)?;
    let mut code = String::new();
    for lang in ["ru", "en"] {
        let mut keys: BTreeMap<String, PathBuf> = BTreeMap::new();
        let name = format!("{lang}.ftl");
        writeln!(code, "pub(super) const {}: &[(&str, &str)] = &[", lang.to_uppercase())?;
        for file in all.iter().filter(|file| file.ends_with(Path::new("text").join(&name))) {
            for key in message_keys(&fs::read_to_string(file)?) {
                if let Some(first) = keys.insert(key.clone(), file.clone()) {
                    return Err(format!(
                        "text key {key} is in {} and in {}",
                        first.display(),
                        file.display()
                    )
                    .into());
                }
            }
            let shown = file.strip_prefix(src)?.display().to_string();
            writeln!(code, "    ({shown:?}, include_str!({:?})),", file.display().to_string())?;
        }
        writeln!(code, "];")?;
    }
    Ok(code)
}

/// The message identifiers of a Fluent file: only a message starts in the first column with a letter.
fn message_keys(source: &str) -> Vec<String> {
    let starts = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    source.lines().filter(starts).filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())).collect()
}

/// The Rust source of the table of embedded assets; empty in debug builds.
fn assets(folder: &Path) -> Outcome<String> {
    let mut code = String::new();
    if env::var("PROFILE")? == "debug" {
        code.push_str("pub(super) const VERSION: Option<&str> = None;\n");
        code.push_str("pub(super) const EMBEDDED: &[(&str, &[u8], &[u8])] = &[];\n");
        return Ok(code);
    }
    println!("cargo:rerun-if-changed=assets");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut list = String::new();
    let mut digest: u64 = 0xcbf2_9ce4_8422_2325;
    for (number, file) in files(folder)?.iter().enumerate() {
        let name = file.strip_prefix(folder)?.display().to_string().replace('\\', "/");
        let bytes = inline::prepare(&name, fs::read(file)?, &|part| {
            fs::read_to_string(folder.join("css").join(part))
        })?;
        for byte in name.bytes().chain(bytes.iter().copied()) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let plain = out.join(format!("asset-{number}"));
        let packed = out.join(format!("asset-{number}.gz"));
        fs::write(&packed, gzip(&bytes)?)?;
        fs::write(&plain, bytes)?;
        writeln!(list, "    ({name:?}, include_bytes!({plain:?}), include_bytes!({packed:?})),")?;
    }
    writeln!(code, "pub(super) const VERSION: Option<&str> = Some(\"{digest:016x}\");")?;
    writeln!(code, "pub(super) const EMBEDDED: &[(&str, &[u8], &[u8])] = &[\n{list}];")?;
    Ok(code)
}

/// The gzip form at the highest level: it is made once and sent a million times.
fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes)?;
    packer.finish()
}
