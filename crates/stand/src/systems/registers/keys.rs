//! The keys of the demonstration: known to everybody, so good for nothing else. A real portal refuses to start with
//! them.

/// What the portal is called in tokens.
pub const PORTAL_NAME: &str = "pristan";

/// The name of the portal's key in its tokens.
pub const PORTAL_KEY_ID: &str = "portal-demo";

/// The portal's private key, for clients that play the portal.
pub const PORTAL_PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO7N9e1WpDjU9+fUf\n\
    Zu+hfsDWjAiG6dfs2EeGGYgtgZChRANCAAQyYpxZwoq5hOFI4bt97fu3ZlXPlD4U\n\
    oXh2oKyBgSsI/FSM7PGkCOAjzBjFXazL40xboWrlbayXfr/BsnFZBF8B\n\
    -----END PRIVATE KEY-----";

/// Its public half, by which the registers know the portal.
pub const PORTAL_PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMmKcWcKKuYThSOG7fe37t2ZVz5Q+\n\
    FKF4dqCsgYErCPxUjOzxpAjgI8wYxV2sy+NMW6Fq5W2sl36/wbJxWQRfAQ==\n\
    -----END PUBLIC KEY-----";

/// The name of the registers' key in their tokens.
pub const REGISTER_KEY_ID: &str = "stand-demo";

/// The private key with which the registers sign webhooks.
pub(super) const REGISTER_PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxM2QDkW4BNIpqcYm\n\
    m1+e31OYlT3wh7JjLU8HmMZ1qUahRANCAATp4G8T5PSqVfmDPZhRb8/+B9GGZV4H\n\
    iDe7574ZZOoapGU6MF7rw9hW4MI4pMG+9/JQy0Q+q2L7Kxa/toEhx7U+\n\
    -----END PRIVATE KEY-----";

/// Its public half, by which the portal knows the registers.
pub const REGISTER_PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6eBvE+T0qlX5gz2YUW/P/gfRhmVe\n\
    B4g3u+e+GWTqGqRlOjBe68PYVuDCOKTBvvfyUMtEPqti+ysWv7aBIce1Pg==\n\
    -----END PUBLIC KEY-----";
