# The contacts of an account.
contacts-title = Contacts
contacts-lead = You sign in by these phones and addresses. Codes and safety messages go to them.
contacts-primary = main
contacts-kind-phone = Phone
contacts-kind-email = E-mail
contacts-since = confirmed on { $date }
contacts-new = A new contact: until { $time } it can neither recover access nor undo changes.
contacts-muted = Somebody else confirmed this number. You can sign in by it, but it gets no messages and recovers nothing. Replace it.
contacts-change = Change
contacts-masked = Contacts are not shown in full, so that somebody at your computer cannot read them.
contacts-unmask = Confirm that it is you and show them
contacts-held = Contacts cannot be changed until { $time }. This protects the account after a recovery of access or an undone change: somebody who got in instead of you has no time to link a number of their own.
contacts-waiting-title = Waits to be confirmed
contacts-waiting = A code was sent to { $contact }. The contact is not added until you type it.
contacts-waiting-go-on = Type the code
contacts-waiting-give-up = Do not add
contacts-add-phone = Add a phone
contacts-add-email = Add an e-mail address
contacts-one-title = Contact
contacts-primary-title = Make it the main one
contacts-primary-words = Where one address is needed for a code or a message, the portal takes the main one.
contacts-make-primary = Make main
contacts-replace-title = Replace
contacts-replace-words = You confirm a new contact by a code, and it takes the place of this one.
contacts-replace = Replace the contact
contacts-remove-title = Remove
contacts-remove-words = It will neither sign you in nor recover access. This contact gets a message with a link that brings everything back for { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}. Until then it cannot be linked to another account.
contacts-remove = Remove the contact
contacts-title-add-phone = New phone
contacts-title-add-email = New e-mail address
contacts-title-replace-phone = Replace the phone
contacts-title-replace-email = Replace the e-mail address
contacts-add-lead = We send a code to make sure that the contact is yours. Your other contacts will be told.
contacts-replace-lead = The new contact takes the place of { $old }. That one gets a message: for { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
} its link can undo the change.
contacts-add-hold = For the first { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
} the new contact signs you in but cannot recover access.
contacts-get-code = Get a code
contacts-confirm = Confirm
contacts-error-country = Codes are not sent to numbers of this country. Give a number that begins with +7, or add an e-mail address such as vera@example.org
contacts-refused-held = Contacts cannot be changed until { $time }: access was recovered or a change was undone a short while ago
contacts-refused-reserved = This contact left another account a short while ago and may still be taken back until { $time }. You can add it after that
contacts-refused-gone = You no longer have this contact. Go back to the list
contacts-refused-own = You have this contact already. Give another one
contacts-refused-many = No more contacts can be added. Remove one first
contacts-refused-last = This is your only contact, so it cannot be removed. Add another one or replace it.
contacts-refused-factor = Codes of your second factor go to this number. Remove that first: Security → Second factors.
contacts-refused-protected = The number belongs to a confirmed account, so it does not move online. If it is yours now, come to a service centre with your passport.
contacts-taken-title = The contact is linked to another account
contacts-taken-phone = You have confirmed the number { $contact }, but it is linked to another account.
contacts-taken-email = You have confirmed the address { $contact }, but it is linked to another account. Remove it there or give another one.
contacts-taken-mine = If the number came to you from somebody else, it moves to you. The former owner is told by their other contacts and keeps their account.
contacts-taken-claim = The number is mine now
contacts-link-title = Confirm the e-mail address
contacts-link-lead = Confirm that this mailbox is yours, and it will be among your contacts.
contacts-link-submit = Confirm the address
contacts-link-elsewhere = In this browser you are not signed in to the account that adds this address. Go back to where you began and type the code of the letter. Or sign in here.
contacts-link-not-you = If you are not adding this address, press nothing: it will not be linked without this.
contacts-link-dead-title = This link works no more
contacts-link-dead = It has been used, or its time is over. If the address is not among your contacts, add it again.
contacts-undo-title = Undo the change of contacts?
contacts-undo-left = At { $time } the contact { $contact } left your account.
contacts-undo-came = At { $time } a new contact was added to your account.
contacts-undo-what = If it was not you, press the button. Then:
contacts-undo-what-back = the former contacts come back and the new ones go
contacts-undo-what-sessions = all sessions on all devices end
contacts-undo-what-password = the present password works no more, and you set a new one at once
contacts-undo-what-hold = contacts cannot be changed for { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}
contacts-undo-submit = Undo the change
contacts-undo-until = The link works until { $time }. If you changed the contacts yourself, you need to do nothing.
contacts-undo-used-title = The change has been undone already
contacts-undo-used = The former contacts are back and all sessions have ended. If you have not set a new password yet, recover access.
contacts-undo-dead = Its time is over, or it was not copied whole. If it was not you who changed the contacts, recover access.
contacts-undo-recover = Recover access
contacts-flash-added = The contact was added. Your other contacts will be told
contacts-flash-replaced = The contact was replaced. The former one gets a message with a link to undo it
contacts-flash-removed = The contact was removed. It gets a message with a link to undo it
contacts-flash-primary = The main contact was changed
contacts-flash-undone = The former contacts are back and all sessions have ended. Now set a new password
contacts-count = { $count ->
    [one] { $count } contact
   *[other] { $count } contacts
}
contacts-held-tag = cannot be changed
