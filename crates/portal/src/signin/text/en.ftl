# Signing in.
signin-title = Sign in
signin-login = Phone, e-mail or SNILS
signin-login-hint = For example, +7 912 345-67-89
signin-password = Password
signin-remember = Remember me
signin-remember-hint = For 30 days. Do not tick it on a device that is not yours.
signin-submit = Sign in
signin-forgot = Forgot your password?
signin-no-account = No account yet?
signin-register = Register
signin-error-empty = Enter a phone, e-mail or SNILS and the password
signin-error-wrong = The login or the password did not fit. Check the keyboard layout and capital letters, or recover the password. After several failures the password sign-in closes for a while.
signin-error-challenge = Confirm that you are not a program and type the password again
signin-second-title = Confirm it is you
signin-second-submit = Sign in
signin-second-others = Another way
signin-second-other-account = Sign in to another account
signin-second-trust = Do not ask on this device for { $days } { $days ->
    [one] day
   *[other] days
}
signin-second-trust-hint = For your own device only. You can take trust back under Security.
signin-second-wait = Too many wrong codes. Try again in { $time } or choose another way
signin-way-passkey = Passkey on a phone, computer or security key
signin-way-totp = Code from an app
signin-way-sms = Code by text message
signin-way-recovery-codes = Recovery code
signin-totp-lead = Open the app with codes on your phone and type the code for this portal.
signin-totp-field = Code from the app
signin-totp-hint = 6 digits, new ones every 30 seconds
signin-totp-malformed = Type the 6 digits from the app, for example 123 456
signin-totp-wrong = The code does not fit. Wait for the next code in the app and check that the phone sets its time by itself
signin-totp-spent = This code was used already. Wait for the next one: it comes within 30 seconds
signin-paper-lead = Type one of the recovery codes that you saved. Each code works once.
signin-paper-field = Recovery code
signin-paper-hint = For example, 7K2M-9QX4-B3TD-H8WE
signin-paper-malformed = A recovery code has 16 letters and digits, for example 7K2M-9QX4-B3TD-H8WE
signin-paper-wrong = This code does not fit: it has a typing error, was used already or was replaced by a new set
signin-sms-offer = We will send a code to { $to }.
signin-sms-send = Get a code by text message
signin-sms-gone = The number that codes went to is no longer linked to the account. Choose another way or recover access.
signin-confirm-title = Confirm that it is you
signin-confirm-lead = What follows decides about the safety of your account.
signin-confirm-password-lead = Type your password again.
signin-confirm-password-wrong = The password does not fit. Check the keyboard layout and capital letters
signin-confirm-submit = Confirm
signin-confirm-leave = Not now, go back
