# Recovering access.
recovery-title = Recover access
recovery-lead = We send a code to a confirmed phone or e-mail address, and you set a new password.
recovery-step-login = Account
recovery-step-code = Code
recovery-step-password = New password
recovery-login = Phone, e-mail or SNILS
recovery-login-hint = For example, +7 912 345-67-89
recovery-submit = Get a code
recovery-error-login = Enter a phone, an e-mail address or a SNILS. For example, +7 912 345-67-89
recovery-code-title = Enter the code
recovery-code-lead = If an account is linked to { $to }, a code has been sent there.
recovery-code-lead-hidden = If there is such an account, a code has been sent to its primary contact.
recovery-code-submit = Continue
recovery-code-change = Use another phone, e-mail or SNILS
recovery-password-title = New password
recovery-password-lead = All other sessions will end, and your contacts will be notified.
recovery-password-submit = Save and sign in
