# Words of the shell: header, footer, form parts, common pages.

## Common
web-skip = Skip to content
web-home = Home
web-back = Back
web-crumbs = Path to this page
web-optional = optional
web-choose = Choose
web-error-prefix = Error:
web-date-hint = For example, 05.11.1984 (day first)
web-errors-title = { $n ->
    [one] Correct { $n } field
   *[other] Correct { $n } fields
}
web-notice-info = For your information
web-notice-success = Done
web-notice-warning = Attention
web-notice-danger = It did not work

## Header and footer
web-demo = Demonstration: people and data are made up, messages arrive on the page of the stand
web-look = Display
web-theme = Colours
web-theme-auto = As on the device
web-theme-light = Light
web-theme-dark = Dark
web-large-text = Text size
web-text-usual = Usual
web-text-large = Large
web-contrast = Contrast
web-contrast-usual = Usual
web-contrast-strong = High
web-sign-in = Sign in
web-sign-out = Sign out
web-cabinet = My cabinet
web-security = Security
web-footer = About the portal
web-help = Help
web-terms = Terms of use
web-data = Personal data

## Time
web-wait-seconds = { $n ->
    [one] { $n } second
   *[other] { $n } seconds
}
web-wait-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
web-wait-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}

## Password
web-password-show = Show
web-password-hide = Hide
web-password-met = met
web-password-length = { $min } to { $max } characters
web-password-lower = A small Latin letter
web-password-upper = A capital Latin letter
web-password-digit = A digit
web-password-sign = One of the signs { $signs }
web-password-uncommon = Not a common password, without your name or contacts
web-strength = Password strength
web-strength-words = Very weak|Weak|Fair|Good|Strong

## Progress
web-steps-position = Step { $at } of { $of }
web-stage-done = done
web-stage-current = now
web-stage-ahead = ahead

## Levels
web-level = Account
web-level-yours = your level
web-level-simplified = Simplified
web-level-standard = Standard
web-level-confirmed = Confirmed
web-level-simplified-opens = Reference services, checking and paying fines
web-level-standard-opens = Doctor appointments, pension account, tax debt
web-level-confirmed-opens = Every service, applications with legal force

## Are you a person
web-challenge-title = Confirm that you are not a program
web-challenge-hint = One way is enough
web-challenge-picture = Picture with characters to type
web-challenge-sound = Or listen to the digits
web-challenge-answer = Characters of the picture or the recording
web-challenge-work-start = Check without a picture
web-challenge-work-doing = Checking, this takes a few seconds
web-challenge-work-done = Check passed
web-challenge-work-failed = It did not work. Use the picture or the recording

## Session
web-session-title = Your session ends soon
web-session-text = You have not done anything for a while. To keep your data safe we will sign you out in
web-session-stay = Stay

## Home page
web-home-title = Your affairs with the state in one quiet place
web-home-lead = One account for certificates, payments, appointments and applications. You see where each matter stands and who looked at your data.
web-home-register = Open an account
web-home-to-cabinet = Open my cabinet
web-home-note = Your name and a phone or e-mail are enough. It takes about three minutes.
web-home-purposes = What people come for
web-home-papers = Certificates and extracts
web-home-papers-text = Order, receive and verify an electronic document
web-home-payments = Payments and fines
web-home-payments-text = See what is due and pay without a trip to the bank
web-home-visits = Appointments
web-home-visits-text = With doctors and agencies, with reminders and rescheduling
web-home-requests = Applications
web-home-requests-text = Submit with legal force and follow every step
web-home-sso = Single sign-on
web-home-sso-text = Into other portals with the same account
web-home-safety = Data protection
web-home-safety-text = The journal shows who looked at your details and why
web-home-levels = Three steps of the account
web-home-levels-text = Begin with your name and phone. You can go up whenever you like: the better the portal knows who you are, the more services are open.

## Errors
web-error-400 = The request could not be read
web-error-400-text = Perhaps the address was not copied in full. Go back to the previous page and try again.
web-error-401 = Please sign in
web-error-401-text = This page opens after you sign in to your account.
web-error-403 = This page is not open to you
web-error-403-text = Your account has no access here, or the page stayed open for too long. Go back, refresh it and repeat.
web-error-404 = There is no such page
web-error-404-text = The address may have changed or may have a typing slip in it. Everything can be found from the home page.
web-error-405 = This cannot be reached that way
web-error-405-text = The address is right, but it does not open like this. Begin at the home page.
web-error-413 = That is too large
web-error-413-text = The portal does not take so much at once. Make the file smaller or shorten the text and send it again.
web-error-422 = Some details did not fit
web-error-422-text = Go back to the form: what needs correcting is marked there.
web-error-429 = Too many attempts
web-error-429-text = To protect accounts the portal has stopped taking requests from your address for a short while. What you typed is kept.
web-error-500 = Something broke on our side
web-error-500-text = We can already see this error. What you typed is kept, please try again in a few minutes.
web-error-503 = The portal is busy now
web-error-503-text = There are more requests than we can handle, or maintenance is under way. What you typed is kept.
web-error-wait = Try again in { $wait }.
web-error-again = Try again
web-error-home = To the home page
web-error-help = Help
web-error-code = Code
web-error-when = Time
web-error-incident = Incident number
web-error-tell = If you contact support, tell them this number and time.
web-copy = Copy
web-copied = Copied

## Offline
web-offline-title = No connection
web-offline-text = The page will open as soon as the internet is back. What you have already sent is kept.
web-offline-call = Without the internet you can call:

## Legal texts
web-legal-version = version
web-legal-sample = This is a sample. The organisation that opens the portal replaces it with its own text.

## Help
web-help-lead = Short answers about registering and signing in.
web-help-register = How to open an account
web-help-register-text = Press “Open an account”, give your surname, first name and a phone or e-mail. A code arrives: type it, choose a password, and the cabinet is open. No documents are needed at this step.
web-help-code = The SMS with the code does not arrive
web-help-code-text = Check the number and the signal. After a minute you can ask for the code again, and after the second message for a voice call that reads the digits aloud. If there is no signal, confirm an e-mail address instead.
web-help-letter = The letter does not arrive
web-help-letter-text = Look into the spam folder and check the address. The letter is good for 24 hours: it holds a code and a link, either one is enough.
web-help-password = How to recover a password
web-help-password-text = On the sign-in page press “Forgotten your password?”, give your phone or e-mail and type the code. After the change all other sessions end.
web-help-number = The phone number is already taken
web-help-number-text = If the number came to you from somebody else, confirm it by code and say that it is now yours: it moves to your account and the former owner is told.
web-help-levels = What the levels are for
web-help-levels-text = A simplified account opens reference services, a standard one opens services that need checked details, a confirmed one opens all, including applications with legal force.
web-help-staff = Does the portal ask for codes by phone
web-help-staff-text = No. Staff never ask for passwords or codes. Whoever asks for them is a fraud: hang up and change your password.
web-help-people = Ask a person

## Letters
web-mail-address = If the button does not open, copy the address:

## Codes
web-code-expires = The code is good for another { $time }

# Fields: what is wrong and how to mend it
web-field-surname-empty = Enter your surname as in your document. For example, Lodkina
web-field-first-name-empty = Enter your first name as in your document. For example, Vera
web-field-name-mixed = Cyrillic and Latin letters are mixed in one word. Type it again in one keyboard layout
web-field-name-digit = Names have no digits. For example, Lodkina
web-field-name-long = Too long: at most 100 characters
web-field-name-invisible = There is an invisible character in the word. Type it instead of pasting
web-field-name-other = Letters, a hyphen, an apostrophe and a space between words are allowed. For example, Smith-Jones
web-field-phone-empty = Enter a phone number. For example, +7 912 345-67-89
web-field-phone-country = Enter the whole number with its country code. For example, +7 912 345-67-89
web-field-phone-not-mobile = This is not a mobile number, and the code comes as a text message. For example, +7 912 345-67-89
web-field-phone-length = Digits are missing or there are too many. For example, +7 912 345-67-89
web-field-phone-char = There is a stray character in the number. Leave the digits, for example +7 912 345-67-89
web-field-phone-other = There is no such number. Check the digits. For example, +7 912 345-67-89
web-field-email-empty = Enter an e-mail address. For example, vera@example.org
web-field-email-at = An address has one @ between the name and the site. For example, vera@example.org
web-field-email-latin = Only Latin letters may stand before the @. For example, vera@example.org
web-field-email-mixed = Cyrillic and Latin letters are mixed in the site's name. Type it in one keyboard layout
web-field-email-domain = Check the part after the @. For example, vera@example.org
web-field-email-other = There is no such address. For example, vera@example.org

# A new password
web-password-new = Password
web-password-repeat = Password again
web-password-fault-empty = Enter a password
web-password-fault-repeat = The passwords differ. Type the same password again
web-password-fault-short = At least { $min } characters.
web-password-fault-long = At most { $max } characters.
web-password-fault-upper = Add a capital Latin letter.
web-password-fault-lower = Add a small Latin letter.
web-password-fault-digit = Add a digit.
web-password-fault-sign = Add one of the signs ! @ # $ % ^ & * ( ).
web-password-fault-char = There is a character that is not allowed: use Latin letters, digits and signs without spaces.
web-password-fault-common = This password is easy to guess. Choose another one.
web-password-fault-personal = Take your name, phone and e-mail out of the password.

# The challenge
web-challenge-wrong = The characters did not fit. Try the new picture or recording
web-challenge-expired = The picture was too old. Here is a new one

# Messages after a redirect
web-flash-signed-out = You have signed out
web-flash-registered = Your account is open
web-flash-recovered = The new password is saved, other sessions have ended
web-flash-password-changed = The password is changed, other sessions have ended
web-flash-session-ended = The session has ended
web-flash-sessions-ended = All other sessions have ended
web-flash-kept = The request is cancelled, the protection stays
web-flash-ban-set = The ban is in force
web-flash-ban-lifting = The ban will end at its time. All contacts were told
web-flash-ban-kept = The ban stays in force
web-flash-device-forgotten = The device is forgotten
web-flash-code-sent = A new code has been sent
web-flash-call-asked = We are calling you
web-flash-contact-confirmed = The address is confirmed
web-flash-passkey-added = The passkey is added, your other sessions have ended
web-flash-passkey-renamed = The name of the passkey is saved
web-flash-passkey-removed = The passkey is removed, your other sessions have ended
web-flash-passkey-needed = This passkey is your only second factor, and your account must have one. Add another first.
web-flash-draft-gone = There is no registration under way in this browser. Begin again, it does not take long
web-flash-half-over = Sign-in was not finished: the time ran out or there were many wrong codes. Type your password again
web-flash-factor-added = The way to confirm was added, other sessions ended
web-flash-factor-renamed = The new name was saved
web-flash-factor-removed = The way to confirm was removed, other sessions ended
web-flash-factor-needed = This one cannot be removed: it is the last, and your account needs sign-in confirmation. Add another one first
web-flash-factor-setup-over = The time for setting up ran out. Here is a new QR code
web-flash-factor-first = First add sign-in confirmation: your account needs it
web-flash-device-distrusted = That device will be asked to confirm again
web-error-stale = This form is out of date
web-error-stale-text = The page was open for too long, or cookies are switched off in the browser. Go back, reload the page and send the form again.
web-flash-recovery-over = This recovery is over: the password or the contacts have changed meanwhile. Begin again
