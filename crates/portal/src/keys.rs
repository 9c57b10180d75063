//! The portal's handle on the key ring.

/// The keys of this deployment; cheap to clone, re-read while running when they rotate.
pub type Keys = store::keys::KeyRing;
