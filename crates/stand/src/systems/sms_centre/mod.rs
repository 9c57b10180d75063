//! Two SMS centres that speak SMPP 3.4 as different operators would.
//!
//! | | `sms_centre_a` | `sms_centre_b` |
//! | --- | --- | --- |
//! | port | main + 1 | main + 2 |
//! | `system_id` / `password` | `pristan_a` / `demo-a` | `pristan_b` / `demo-b` |
//! | receipts | optional parameters and text | text only |
//!
//! Numbers that end in `000404` cannot be reached, those in `000408` expire; all others are delivered.

mod account;
mod pdu;
mod session;
mod text;

use crate::listen;
use crate::system::{Place, System, World};
use account::Account;
use async_trait::async_trait;
use kernel::Lang;
use std::sync::Arc;
use tokio::net::TcpListener;

/// One SMS centre with one account.
#[derive(Clone, Copy, Debug)]
pub struct SmsCentre {
    /// The name in addresses.
    pub name: &'static str,
    /// The port is the main port plus this.
    pub port_offset: u16,
    /// The account's login.
    pub system_id: &'static str,
    /// The account's password.
    pub password: &'static str,
    /// Whether receipts bear optional parameters besides the text.
    pub receipts_with_tlvs: bool,
}

impl SmsCentre {
    /// The first operator.
    pub const A: SmsCentre = SmsCentre {
        name: "sms_centre_a",
        port_offset: 1,
        system_id: "pristan_a",
        password: "demo-a",
        receipts_with_tlvs: true,
    };

    /// The second operator.
    pub const B: SmsCentre = SmsCentre {
        name: "sms_centre_b",
        port_offset: 2,
        system_id: "pristan_b",
        password: "demo-b",
        receipts_with_tlvs: false,
    };
}

#[async_trait]
impl System for SmsCentre {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self, lang: Lang) -> &'static str {
        match (self.port_offset, lang) {
            (1, Lang::Ru) => "СМС-центр А",
            (1, Lang::En) => "SMS centre A",
            (_, Lang::Ru) => "СМС-центр Б",
            (_, Lang::En) => "SMS centre B",
        }
    }

    fn protocol(&self) -> &'static str {
        "SMPP 3.4"
    }

    fn place(&self) -> Place {
        Place::Port(self.port_offset)
    }

    async fn serve(&self, world: World, listener: TcpListener) {
        let account = Arc::new(Account::new(*self, world.clone()));
        listen::accept(world, self.name, listener, move |stream, _| session::serve(account.clone(), stream))
            .await;
    }
}
