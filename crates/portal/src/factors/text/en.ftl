# Ways to confirm sign-in.
factors-kind-passkey = Passkey
factors-kind-totp = App with codes
factors-kind-sms = Code by text message
factors-kind-recovery-codes = Recovery codes
factors-title = Sign-in confirmation
factors-lead = Besides the password the portal asks for a second proof that it is you. Even somebody who learns the password will not get into your account.
factors-none = At present the password alone is enough to sign in. Add an app with codes: it is free and takes two minutes.
factors-must = Your account needs sign-in confirmation. Add at least one way, and the cabinet will open.
factors-weak = Weaker than others
factors-recommended = Recommended
factors-since = added { $date }
factors-used = last used { $time }
factors-never-used = not used yet
factors-name = Name
factors-name-empty = Type a name, for example “Vera’s phone”
factors-name-odd = A name may have up to 60 letters, digits and signs on one line, for example “Vera’s phone”
factors-rename = Rename
factors-save = Save
factors-remove = Remove
factors-remove-means = This way will stop working. Other sessions end, trust in devices is taken back, and a message goes to your contacts. If it is the last way, the password alone will be enough again.
factors-add = Add a way
factors-add-app = App with codes
factors-add-app-hint = Your phone shows the code, even without a connection. Any app will do: FreeOTP, Aegis, Google Authenticator, Yandex Key.
factors-add-sms = Code by text message
factors-add-sms-hint = To a confirmed number. It depends on the network, and a number can be reissued without you.
factors-add-codes = Recovery codes
factors-add-codes-hint = Ten codes on paper in case your phone is not at hand.
factors-change-means = After a change other sessions end and a message goes to your contacts.
factors-trusted = Trusted devices
factors-trusted-none = There are no devices on which sign-in needs no confirmation.
factors-trusted-until = until { $date }
factors-distrust = Take trust back
factors-app-one = Open the app with codes on your phone, or install one.
factors-app-two = Scan the QR code with it or type the key by hand.
factors-app-three = Type the code that the app shows.
factors-app-qr = QR code for an app with codes
factors-app-here = Open the app on this device
factors-app-key = Key to type by hand:
factors-app-name = Name
factors-app-name-hint = To tell your apps apart
factors-app-name-value = App on the phone
factors-app-code = Code from the app
factors-app-code-hint = 6 digits, new ones every 30 seconds
factors-app-submit = Add
factors-app-wrong = The code does not fit. Type the 6 digits that the app shows now and check that the phone sets its time by itself
factors-sms-lead = At sign-in and before important acts the portal will send a code to your number.
factors-sms-weakest = Text messages are the weakest way: they can be intercepted, and a number can be reissued. An app with codes is safer.
factors-sms-none = Add and confirm a phone number first.
factors-sms-phone = Which number codes should go to
factors-sms-choose = Choose a number
factors-sms-send = Get a code
factors-sms-submit = Add
factors-codes-left = { $left ->
    [0] no codes left
    [one] { $left } code left
   *[other] { $left } codes left
}
factors-codes-low = { $left ->
    [0] No recovery codes are left. Make new ones.
    [one] { $left } recovery code is left. Make new ones in good time.
   *[other] { $left } recovery codes are left. Make new ones in good time.
}
factors-codes-lead = A recovery code stands in for the second factor when your phone is not at hand. Each works once.
factors-codes-replace = The new set replaces the old one: old codes stop working.
factors-codes-make = Make new codes
factors-codes-save = Save as a file
factors-codes-file = Recovery codes for signing in. Each works once. Keep them apart from the phone.
factors-codes-kept = I have saved the codes
factors-new-codes-title = Your recovery codes
factors-new-codes-first = The way to confirm was added. If your phone is not at hand, one of these codes will let you in. Each works once.
factors-new-codes = The old codes work no more. Each of the new ones works once.
factors-new-codes-once-title = Save them now
factors-new-codes-once = We show the codes once and cannot show them again. Print, save or copy them and keep them apart from the phone.
