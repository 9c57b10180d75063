# Safety messages to the owner.
notice-mail-button = Recover access
notice-mail-footer = Sent by { $host }. Safety messages like this cannot be switched off.
notice-locked-subject = Password sign-in is closed for a while
notice-locked-text = { $portal }: at { $time } a wrong password was typed many times, so password sign-in to your account is closed for a while. If it was you, wait or recover the password. If not, you need to do nothing: the account is protected.
notice-password-changed-subject = Your password was changed
notice-password-changed-text = { $portal }: at { $time } the password of your account was changed and other sessions ended. If it was not you, recover access at { $host } at once.
notice-phone-moved-subject = Your phone number moved to another account
notice-phone-moved-text = { $portal }: at { $time } somebody else confirmed your phone number, and it is no longer linked to your account. If the number is still yours, contact support at { $host }.
