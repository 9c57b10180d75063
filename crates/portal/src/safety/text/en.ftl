# The account's protection: “It was not me”, the lockdown, bans.
safety-recover = Recover access
safety-link-title = Was it not you?
safety-link-lead = The message was sent on { $time }. If the sign-in or change it tells of was not yours, close the account right now. You need not sign in for that.
safety-link-what = What will happen
safety-closing-sessions = Every session ends on every device.
safety-closing-password = The password stops working: nobody can sign in.
safety-closing-contacts = Nobody can change the phone and e-mail of the account.
safety-closing-factors = A second factor or codes added within the last day will be removed.
safety-closing-devices = Every device becomes unknown, and no device is trusted any more.
safety-link-then = Then you recover access by your phone or e-mail and set a new password. If you have a second factor, it will be asked for too.
safety-link-choice = What to do
safety-link-all = Close the account
safety-link-all-hint = Safer when you do not know who it was
safety-link-session = End this session only
safety-link-session-hint = When somebody close to you signed in. The password stays, and this link goes on working
safety-link-submit = It was not me
safety-link-was-me = If it was you, just close the page: nothing changes.
safety-link-keep-title = Cancel the request?
safety-link-keep-lead = Lifting a protection of the account was asked for: “{ $what }”. If it was not you, cancel the request, and the protection stays.
safety-link-keep-submit = Cancel the request
safety-link-keep-hint = If it was you, just close the page: the protection ends at its time.
safety-link-dead-title = The link does not work any more
safety-link-dead = It was used already, or its time is over. If you need protection right now, recover access: every session ends, and the password becomes a new one.
safety-closed-title = The account is closed
safety-closed-lead = Nobody can get in now, not even with the right password. We have told all your contacts.
safety-closed-done = What was done
safety-closed-sessions = Every session has ended on every device.
safety-closed-password = The password does not work any more: nobody can sign in.
safety-closed-contacts = Nobody can change the phone and e-mail of the account.
safety-closed-devices = Every device is unknown again, and none is trusted.
safety-closed-factors = Second factors and saved codes that were added within the last day are removed or open nothing.
safety-closed-next = What comes next
safety-closed-next-text = Recover access by your phone or e-mail. With a second factor the account opens at once, without one after a day: until then you can stop somebody else's attempt.
safety-lockdown-title = Closing the account
safety-lockdown-state = When the phone is stolen or the password is known
safety-lockdown-lead = Close the account when you lost your phone, saw somebody else's sign-in, or fear that the password is known. Your data and applications are kept.
safety-lockdown-what = What will happen
safety-lockdown-back = How to open it again
safety-lockdown-back-factor = By “Forgot the password?”: a code to a confirmed phone or e-mail, and the second factor if you have one.
safety-lockdown-back-wait = { $hours ->
    [one] Without a second factor the account opens { $hours } hour after the contact was confirmed. All contacts are told, and the request can be cancelled.
   *[other] Without a second factor the account opens { $hours } hours after the contact was confirmed. All contacts are told, and the request can be cancelled.
 }
safety-lockdown-understood = I understand that I will be signed out too and cannot sign in until I recover access
safety-lockdown-understood-error = Tick that you understand what follows. The account is not closed without it
safety-lockdown-submit = Close the account
safety-restrictions-title = Bans
safety-restrictions-state-none = Nothing is banned
safety-restrictions-state = { $count ->
    [one] { $count } ban in force
   *[other] { $count } bans in force
 }
safety-restrictions-lead = Ban what you do not use: then nobody else can use it either. A ban is in force at once.
safety-restrictions-wait = { $hours ->
    [one] Lifting a ban takes more than setting it: a sign-in with a passkey, and { $hours } hour more in which the ban holds. All contacts are told of the request, and it can be cancelled.
   *[other] Lifting a ban takes more than setting it: a sign-in with a passkey, and { $hours } hours more in which the ban holds. All contacts are told of the request, and it can be cancelled.
 }
safety-on = In force
safety-lifting = Being lifted
safety-since = In force since { $time }
safety-lifting-until = The ban holds until { $time }
safety-set = Ban
safety-lift = Lift the ban
safety-keep = Keep the ban
safety-lift-needs-key = To lift the ban, sign in with a passkey. If you have none, add one under “Security”.
safety-obstacle-keys = { $count ->
    [one] Add a passkey first, or you could not sign in.
   *[other] Add passkeys first, { $count } in all: if one gets lost, you sign in with another.
 }
safety-obstacle-countries = This portal cannot tell the country of an address, so the ban is not available yet.
safety-obstacle-abroad = You are not in your country now, or it cannot be told from the address. With this ban you could not sign in again.
safety-obstacle-email = Add an e-mail address first, or you could not recover access.
safety-key-only = Sign-in only with a passkey
safety-key-only-text = A password alone, a code by text or application, and a QR code will not let anybody in. Passkeys and security keys stay: a false site cannot get them out of you.
safety-no-password = Sign-in without a password
safety-no-password-text = Nobody can sign in by password, not even with a code. Passkeys stay, and QR codes shown to your own device.
safety-no-foreign = Sign-in only from your country
safety-no-foreign-text = Nobody can sign in from abroad, not even with the right password and code. Open sessions go on. Lift the ban in good time before a journey.
safety-no-sms-recovery = Recovery without text messages
safety-no-sms-recovery-text = Recovery codes will not come by text or call, only by e-mail. It protects you when your SIM card is issued to somebody else.
safety-no-remote-proof = Identity confirmed only in person
safety-no-remote-proof-text = Nobody can confirm your identity through a bank, by video or by letter: only in person at a service centre.
safety-no-credit = No consents about credit
safety-no-credit-text = The portal will not accept, in your name, a consent to look into your credit history or to pass on data for a loan.
