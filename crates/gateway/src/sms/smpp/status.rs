//! What the numbers of `command_status` (SMPP 3.4 section 5.1.3) mean for us.

/// What to do after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Slow down and offer the same part again.
    Throttled,
    /// Later, or through another gateway.
    Temporary,
    /// Never in this form.
    Permanent,
}

const TABLE: [(u32, &str, Verdict); 25] = [
    (0x01, "ESME_RINVMSGLEN", Verdict::Permanent),
    (0x02, "ESME_RINVCMDLEN", Verdict::Temporary),
    (0x03, "ESME_RINVCMDID", Verdict::Temporary),
    (0x04, "ESME_RINVBNDSTS", Verdict::Temporary),
    (0x05, "ESME_RALYBND", Verdict::Temporary),
    (0x08, "ESME_RSYSERR", Verdict::Temporary),
    // A sender name that this centre refuses may be registered with the other one.
    (0x0A, "ESME_RINVSRCADR", Verdict::Temporary),
    (0x0B, "ESME_RINVDSTADR", Verdict::Permanent),
    (0x0C, "ESME_RINVMSGID", Verdict::Temporary),
    (0x0D, "ESME_RBINDFAIL", Verdict::Temporary),
    (0x0E, "ESME_RINVPASWD", Verdict::Temporary),
    (0x0F, "ESME_RINVSYSID", Verdict::Temporary),
    (0x14, "ESME_RMSGQFUL", Verdict::Throttled),
    (0x33, "ESME_RINVNUMDESTS", Verdict::Permanent),
    (0x40, "ESME_RINVDESTFLAG", Verdict::Permanent),
    (0x43, "ESME_RINVESMCLASS", Verdict::Temporary),
    (0x45, "ESME_RSUBMITFAIL", Verdict::Temporary),
    (0x50, "ESME_RINVDSTTON", Verdict::Permanent),
    (0x51, "ESME_RINVDSTNPI", Verdict::Permanent),
    (0x58, "ESME_RTHROTTLED", Verdict::Throttled),
    (0x62, "ESME_RINVEXPIRY", Verdict::Temporary),
    (0x64, "ESME_RX_T_APPN", Verdict::Temporary),
    (0x65, "ESME_RX_P_APPN", Verdict::Permanent),
    (0x66, "ESME_RX_R_APPN", Verdict::Permanent),
    (0xFF, "ESME_RUNKNOWNERR", Verdict::Temporary),
];

/// The standard's name of a status, or its number.
pub(super) fn name(status: u32) -> String {
    match TABLE.iter().find(|(number, _, _)| *number == status) {
        Some((number, name, _)) => format!("{name} (0x{number:02X})"),
        None => format!("status 0x{status:08X}"),
    }
}

/// What to do about a refused submission; an operator's own number is taken for temporary.
pub(super) fn verdict(status: u32) -> Verdict {
    TABLE
        .iter()
        .find(|(number, _, _)| *number == status)
        .map_or(Verdict::Temporary, |(_, _, verdict)| *verdict)
}
