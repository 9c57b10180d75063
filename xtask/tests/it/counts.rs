//! The numbers at the end of `make test`.

use xtask::ci::{Counts, node_counts, rust_counts};

#[test]
fn rust_results_add_up() {
    let mut counts = Counts::default();
    for line in [
        "running 3 tests",
        "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
    ] {
        rust_counts(line, &mut counts);
    }
    assert_eq!(counts, Counts { passed: 7, failed: 2, ignored: 1 });
}

#[test]
fn node_results_add_up_in_both_styles() {
    let mut counts = Counts::default();
    for line in
        ["# tests 9", "# pass 5", "# fail 1", "ℹ pass 2", "ℹ cancelled 1", "ℹ skipped 3", "# a comment"]
    {
        node_counts(line, &mut counts);
    }
    assert_eq!(counts, Counts { passed: 7, failed: 2, ignored: 3 });
}
