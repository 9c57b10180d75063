//! Asking everything that runs to stop, once.

use tokio::sync::watch;

/// The side that asks.
#[derive(Clone)]
pub struct Stopper(watch::Sender<bool>);

/// The side that listens; cheap to clone.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stopper {
    /// A pair that nobody has asked yet.
    pub fn new() -> (Stopper, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Stopper(sender), Stop(receiver))
    }

    /// Asks everybody to stop; asking again changes nothing.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Waits until a stop was asked for (or the asking side is gone, which means the same).
    pub async fn asked(&mut self) {
        let _ = self.0.wait_for(|asked| *asked).await;
    }

    /// Whether a stop was asked for.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }
}
