# One-time codes: messages and the page where they are typed.
codes-sms-register = { $code } is your registration code for { $portal }. Valid for { $minutes } min. Do not tell it to anyone.
codes-sms-register-taken = { $code } is your registration code for { $portal }. Valid for { $minutes } min. Do not tell it to anyone. An account is linked to this number already: you can sign in or recover access. If you are not registering, do not use the code.
codes-sms-recover = { $code } is your code for a new password at { $portal }. Valid for { $minutes } min. Do not tell it to anyone. If you did not ask for it, do nothing.
codes-call-register = This is { $portal }. Your registration code:
codes-call-recover = This is { $portal }. Your code for a new password:
codes-mail-register-subject = Registration code for { $portal }
codes-mail-register-lead = Type this code on the registration page or press the button.
codes-mail-register-button = Confirm the address
codes-mail-recover-subject = Code for a new password at { $portal }
codes-mail-recover-lead = Type this code on the recovery page.
codes-mail-taken = An account is linked to this address already. If it is yours, sign in or recover access: you need no new one. If the address came to you from somebody else, ask at a service centre.
codes-sms-contact = { $code } is your code for a new contact at { $portal }. Valid for { $minutes } min. Do not tell it to anyone.
codes-sms-contact-taken = { $code } is your code for a new contact at { $portal }. Valid for { $minutes } min. Do not tell it to anyone. This number is linked to another account already. If you are not adding it, do not use the code.
codes-call-contact = This is { $portal }. Your code for a new contact:
codes-mail-contact-subject = Code for a new contact at { $portal }
codes-mail-contact-lead = Type this code on the page of contacts, or press the button in the browser where you are signed in.
codes-mail-contact-taken = This address is linked to another account already. If that one is yours, you can sign in to it or recover access. If you are not adding the address, do not use the code.
codes-mail-life = The code is valid for { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}. Do not tell it to anyone: our staff never ask for codes.
codes-mail-not-you = If you did not ask for this, do nothing: nobody gets further without the code.
codes-mail-footer = Sent by { $host }. There is no need to answer.
codes-lead-sms = We sent a code to { $to }.
codes-lead-call = We are calling { $to }: a voice will read the code.
codes-lead-email = We sent a letter with a code to { $to }.
codes-field = Code
codes-field-hint = 6 digits
codes-field-hint-email = 6 digits. You can also press the button in the letter.
codes-life = The code is valid for another { $time }
codes-life-over = The code has run out. Ask for a new one
codes-send-again = Send again
codes-call = Call me with the code
codes-trouble-sms = Messages are delayed at the moment. The code is not lost: wait, ask for a call, or go a step back and give an e-mail address.
codes-trouble-email = Letters are delayed at the moment. The code is not lost: wait, or go a step back and give a phone number.
codes-help = What to check when no code comes
codes-not-arriving = No code?
codes-error-malformed = A code has 6 digits, for example 012345. Type all of it
codes-error-wrong = The code did not fit. { $left ->
    [one] { $left } try left
   *[other] { $left } tries left
}
codes-error-expired = The code has run out. Ask for a new one
codes-error-exhausted = There are no tries left for this code. Ask for a new one
codes-error-used = This code has been used. Ask for a new one
codes-error-none = No code has been sent yet. Press “Send again”
codes-error-wait = Too many wrong codes. Try again in { $time }
codes-error-send-wait = You can ask for a new code in { $time }. The last one may still arrive
codes-error-challenge = Confirm that you are not a program and ask for the code again
codes-error-suspended = Text messages are suspended for now. Give an e-mail address or try later
codes-error-country = Codes are not sent to numbers of this country. Give an e-mail address
codes-sms-second = { $code } is your sign-in or confirmation code for { $portal }. Valid for { $minutes } min. Do not tell it to anyone, not even to staff. If you are not signing in, change your password.
codes-sms-bind-phone = { $code } is the code for getting sign-in codes on this number. { $portal }. Valid for { $minutes } min. Do not tell it to anyone.
codes-call-second = This is { $portal }. Your confirmation code:
codes-sms-close = { $code } is your code to delete the account at { $portal }. Valid for { $minutes } min. Tell nobody. If it is not you who deletes it, change your password.
codes-call-close = Welcome to { $portal }. Your code to delete the account:
codes-mail-close-subject = Your code to delete the account at { $portal }
codes-mail-close-lead = Type this code on the page where you delete your account. If it is not you who deletes it, do not type the code and change your password.
