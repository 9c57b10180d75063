//! `cargo xtask sbom`: what the binary is built from, as a CycloneDX document.

use crate::{root, tidy::edges};
use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The package whose dependencies count: the product's binary.
const PRODUCT: &str = "pristan";

/// Writes `target/sbom.cdx.json` (CycloneDX 1.5) with every crate that goes into the binary on this platform.
///
/// # Errors
/// When Cargo cannot tell, or the file cannot be written.
pub fn write() -> Result<()> {
    let metadata = edges::metadata(&root())?;
    let packages = product_packages(&metadata)?;
    let document = document(&packages)?;
    let path = root().join("target/sbom.cdx.json");
    let text = serde_json::to_string_pretty(&document)?;
    fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    println!("{}: {} components", path.display(), packages.len() - 1);
    Ok(())
}

/// The product and everything it needs outside tests, the product first.
fn product_packages(metadata: &Metadata) -> Result<Vec<&Package>> {
    let by_id: BTreeMap<&PackageId, &Package> =
        metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let resolve = metadata.resolve.as_ref().context("Cargo resolved nothing")?;
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let product = metadata.workspace_packages().into_iter().find(|package| package.name.as_str() == PRODUCT);
    let product = product.with_context(|| format!("no package {PRODUCT}"))?;
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut waiting = vec![&product.id];
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        found.extend(by_id.get(id).copied());
        let needed = nodes.get(id).into_iter().flat_map(|node| &node.deps);
        waiting.extend(
            needed
                .filter(|one| one.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development))
                .map(|one| &one.pkg),
        );
    }
    Ok(found)
}

fn document(packages: &[&Package]) -> Result<Value> {
    let (product, rest) = packages.split_first().context("no packages")?;
    let mut components: Vec<Value> = rest.iter().map(|package| component(package)).collect();
    components.sort_by_key(|one| one["bom-ref"].to_string());
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": product.name.as_str(), "version": product.version.to_string() } },
        "components": components,
    }))
}

fn component(package: &Package) -> Value {
    let address = format!("pkg:cargo/{}@{}", package.name, package.version);
    json!({
        "type": "library",
        "bom-ref": address,
        "name": package.name.as_str(),
        "version": package.version.to_string(),
        "purl": address,
        "licenses": package.license.iter().map(|licence| json!({ "expression": licence.replace('/', " OR ") })).collect::<Vec<_>>(),
    })
}
