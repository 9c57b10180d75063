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
