# Ways to confirm sign-in.
factors-kind-passkey = Passkey
factors-kind-totp = App with codes
factors-kind-sms = Code by text message
factors-kind-recovery-codes = Recovery codes
