use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use std::collections::HashMap;

/// A tree in memory: its leaves, and the complete subtrees that were asked for before.
struct Memory(Vec<Hash>, HashMap<(u32, u64), Hash>);

impl Nodes for Memory {
    type Error = ();
    fn node(&mut self, height: u32, index: u64) -> Result<Hash, ()> {
        if height == 0 {
            return self.0.get(usize::try_from(index).map_err(drop)?).copied().ok_or(());
        }
        if let Some(known) = self.1.get(&(height, index)) {
            return Ok(*known);
        }
        let hash = node_hash(&self.node(height - 1, index * 2)?, &self.node(height - 1, index * 2 + 1)?);
        self.1.insert((height, index), hash);
        Ok(hash)
    }
}

fn tree(size: u64) -> Memory {
    let leaves = (0..size).map(|n| leaf_hash(format!("event {n}").as_bytes())).collect();
    Memory(leaves, HashMap::new())
}

/// MTH of RFC 6962 §2.1 written down word for word: another way to the same roots.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [one] => *one,
        more => {
            let mut k = 1;
            while k * 2 < more.len() {
                k *= 2;
            }
            node_hash(&mth(&more[..k]), &mth(&more[k..]))
        }
    }
}

/// The leaves and roots that the implementations of Certificate Transparency test themselves with.
#[test]
fn the_known_trees_have_their_known_roots() {
    let leaves: [&[u8]; 8] = [
        &[],
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let mut frontier = Frontier::default();
    for (size, known) in roots.iter().enumerate() {
        let hex = |hash: Hash| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let mut nodes = Memory(hashes[..size].to_vec(), HashMap::new());
        assert_eq!(hex(root(&mut nodes, size as u64).expect("a root")), *known, "{size}");
        assert_eq!(hex(frontier.root()), *known, "{size}");
        if let Some(next) = hashes.get(size) {
            frontier.push(*next);
        }
    }
}

#[test]
fn every_leaf_of_every_tree_up_to_300_has_a_proof_that_holds_and_only_for_itself() {
    for size in 1..=300_u64 {
        let mut nodes = tree(size);
        let top = root(&mut nodes, size).expect("a root");
        assert_eq!(top, mth(&nodes.0), "{size}");
        for index in 0..size {
            let path = inclusion(&mut nodes, index, size).expect("a path");
            let leaf = nodes.0[usize::try_from(index).expect("small")];
            assert!(includes(&leaf, index, size, &path, &top), "{index} of {size}");
            let other = leaf_hash(b"another event");
            assert!(!includes(&other, index, size, &path, &top));
            assert!(!includes(&leaf, index + 1, size, &path, &top), "{index} of {size}");
            assert!(!includes(&leaf, size, size, &path, &top));
            if let Some((_, shorter)) = path.split_last() {
                assert!(!includes(&leaf, index, size, shorter, &top));
            }
            let longer: Vec<Hash> = path.iter().copied().chain([top]).collect();
            assert!(!includes(&leaf, index, size, &longer, &top));
        }
    }
}

#[test]
fn every_tree_up_to_130_begins_with_every_smaller_one_and_with_nothing_else() {
    for new in 1..=130_u64 {
        let mut nodes = tree(new);
        let new_root = root(&mut nodes, new).expect("a root");
        for old in 1..=new {
            let old_root = root(&mut nodes, old).expect("a root");
            let path = consistency(&mut nodes, old, new).expect("a proof");
            assert!(consistent(old, &old_root, new, &new_root, &path), "{old} in {new}");
            let other = leaf_hash(b"another tree");
            assert!(!consistent(old, &other, new, &new_root, &path), "{old} in {new}");
            assert!(!consistent(old, &old_root, new, &other, &path), "{old} in {new}");
            if let Some((_, shorter)) = path.split_last() {
                assert!(!consistent(old, &old_root, new, &new_root, shorter), "{old} in {new}");
            }
        }
        assert!(!consistent(new + 1, &new_root, new, &new_root, &[]));
        assert!(!consistent(0, &empty_root(), new, &new_root, &[]));
    }
}

/// The example of RFC 6962 §2.1.3: which nodes make up the proofs of a tree of seven leaves.
#[test]
fn the_proofs_of_the_rfc_have_its_nodes() {
    let mut nodes = tree(7);
    let named = |nodes: &mut Memory, height, index| nodes.node(height, index).expect("a node");
    let (a, b, c, d) = (nodes.0[0], nodes.0[1], nodes.0[2], nodes.0[3]);
    let (f, j) = (nodes.0[5], nodes.0[6]);
    let (g, h, i) = (named(&mut nodes, 1, 0), named(&mut nodes, 1, 1), named(&mut nodes, 1, 2));
    let k = named(&mut nodes, 2, 0);
    let l = node_hash(&i, &j);
    assert_eq!(inclusion(&mut nodes, 0, 7), Ok(vec![b, h, l]));
    assert_eq!(inclusion(&mut nodes, 3, 7), Ok(vec![c, g, l]));
    assert_eq!(inclusion(&mut nodes, 4, 7), Ok(vec![f, j, k]));
    assert_eq!(inclusion(&mut nodes, 6, 7), Ok(vec![i, k]));
    assert_eq!(consistency(&mut nodes, 3, 7), Ok(vec![c, d, g, l]));
    assert_eq!(consistency(&mut nodes, 4, 7), Ok(vec![l]));
    assert_eq!(consistency(&mut nodes, 6, 7), Ok(vec![i, j, k]));
    assert_eq!(a, nodes.0[0]);
    assert_eq!(B64.encode(empty_root()), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}
