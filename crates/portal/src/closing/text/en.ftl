# One's own data: a copy, and deleting the account.
closing-data-title = Your data and deletion
closing-data-lead = Take a copy of everything that the portal keeps about you, or delete your account.
closing-delete-title = Delete the account
closing-delete-short = Data is not erased at once: for { $days ->
    [one] { $days } day
   *[other] { $days } days
} you can change your mind and just sign in.
closing-delete-open = Delete the account
closing-delete-lead = If you go on, your data will be erased for good on { $date }. Until that day it is enough to sign in, and everything comes back.
closing-goes = What goes
closing-goes-names = your name, phones, e-mail and everything that you told about yourself
closing-goes-access = password, second factors, devices and all sessions
closing-goes-messages = messages of the portal to you
closing-stays = What stays
closing-stays-journal = journal records without name and contacts: they show that the journal was not forged
closing-stays-consents = a mark that you gave your consent, without your name
closing-stays-backups = backups until their time is over: your data in them cannot be read
closing-then = And then
closing-then-text = Your phone and e-mail become free. You can open a new account with them at once, but it will not bring the old one back.
closing-delete-where = Where to send the confirmation code
closing-delete-error-where = Choose where to send the code
closing-delete-send = Get a code
closing-delete-stay = Keep the account
closing-delete-last = The last step
closing-password = Password
closing-password-empty = Type the password of your account
closing-password-wrong = The password is wrong. If you have forgotten it, sign out and recover access
closing-password-locked = Too many wrong tries. Try again in { $time }
closing-delete-submit = Delete the account
closing-goodbye-title = Your account will be deleted
closing-goodbye-lead = You are signed out everywhere. If you change your mind, sign in within { $days ->
    [one] { $days } day
   *[other] { $days } days
}: everything stays as it was.
closing-goodbye-after = The date and the way back are in a message to all your contacts. We will remind you once more before the end.
closing-goodbye-back = Change my mind and sign in
closing-part-account = Account
closing-part-contacts = Contacts
closing-part-consents = Consents
closing-part-sessions = Sessions
closing-part-devices = Known devices
closing-part-factors = Second factors
closing-part-trusted = Trusted devices
closing-field-name = Label
closing-field-until = Until
closing-part-messages = Messages
closing-part-journal = Journal of actions
closing-field-number = Number
closing-field-level = Level
closing-field-language = Language
closing-field-opened = Opened
closing-field-password-set = Password set
closing-field-person = Name
closing-field-kind = Kind
closing-field-value = Value
closing-field-primary = Primary
closing-field-confirmed = Confirmed
closing-field-removed = Removed
closing-field-document = Document
closing-field-version = Version
closing-field-given = Given
closing-field-address = Network address
closing-field-methods = Signed in with
closing-field-device = Device
closing-field-begun = Begun
closing-field-used = Last action
closing-field-ended = Ended
closing-field-why = Why it ended
closing-field-channel = Sent by
closing-field-state = State
closing-field-written = Written
closing-field-sent = Sent
closing-field-at = Time
closing-field-event = Event
closing-field-private = Details
closing-field-record = Journal record
