//! Roles, as Entra ID's app roles name them.

/// What a person may do in the firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// Places orders.
    Orderer,
    /// Approves orders, and admits devices.
    Approver,
    /// Pays.
    Payer,
    /// Keeps the firm's devices and keys.
    FirmAdmin,
}

impl Role {
    /// Anybody of the firm who has a role at all.
    pub(crate) const ANY: &'static [Self] = &[Self::Orderer, Self::Approver, Self::Payer, Self::FirmAdmin];
    /// Whoever sends orders.
    pub(crate) const ORDERING: &'static [Self] = &[Self::Orderer, Self::Approver];
    /// Whoever pays.
    pub(crate) const PAYING: &'static [Self] = &[Self::Payer, Self::Orderer];
    /// Whoever changes the list of devices and hands out workspace keys.
    pub(crate) const ADMITTING: &'static [Self] = &[Self::Approver, Self::FirmAdmin];

    /// Reads a value of the claim `roles`. A tenant may have others, which mean nothing here.
    pub(crate) fn from_claim(text: &str) -> Option<Self> {
        match text {
            "orderer" => Some(Self::Orderer),
            "approver" => Some(Self::Approver),
            "payer" => Some(Self::Payer),
            "firm-admin" => Some(Self::FirmAdmin),
            _ => None,
        }
    }
}
