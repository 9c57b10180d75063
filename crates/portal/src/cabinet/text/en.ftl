# The cabinet.
cabinet-greeting = Hello, { $name }
cabinet-tour-title = What is where
cabinet-tour-needs = First on the page stands what waits for you.
cabinet-tour-levels = The ladder shows which services are open to you and how to open the rest.
cabinet-tour-security = The menu with your name leads to security: password and open sessions.
cabinet-tour-end = Got it, do not show again
cabinet-needs = What needs you
cabinet-needs-none = Nothing waits
cabinet-needs-none-text = When something is needed from you, it appears here.
cabinet-need-profile = The next level is the standard account
cabinet-need-profile-text = See which documents it takes and what the portal knows about you already.
cabinet-need-profile-action = My data
cabinet-under-way = Under way
cabinet-under-way-none = Nothing yet
cabinet-under-way-none-text = Your checks, applications and appointments will be here.
cabinet-ladder = Your level
cabinet-to-standard = What it takes
cabinet-security-lead = Here you see how the account is protected, and can change each protection.
cabinet-security-group-signin = How you sign in
cabinet-security-group-shield = Protection
cabinet-security-group-where = Where you signed in
cabinet-security-password = Password
cabinet-security-sessions = Open sessions
cabinet-security-sessions-count = { $count ->
    [one] { $count } open session
   *[other] { $count } open sessions
 }
cabinet-security-devices = Known devices
cabinet-security-devices-count = { $count ->
    [one] { $count } device. A sign-in from another one will be told to you
   *[other] { $count } devices. A sign-in from another one will be told to you
 }
cabinet-password-title = Change the password
cabinet-password-set = Password set on { $date }
cabinet-password-current = Current password
cabinet-password-ends = Other sessions will end, and your contacts will be notified.
cabinet-password-submit = Change the password
cabinet-password-wrong = The current password did not fit. If you do not remember it, sign out and recover access
cabinet-password-locked = Too many wrong tries. Try again in { $time } or recover access
cabinet-restored = Your account is restored
cabinet-restored-text = You signed in before the end, so it will not be deleted. All your data is here.
cabinet-security-data = Your data and deleting the account
cabinet-security-group-data = Recovery and your data
cabinet-security-data-text = A copy of everything that the portal keeps about you; deleting the account
cabinet-security-factors-on = On
cabinet-security-factors-off = Password only
cabinet-security-recovery = Recovery code
cabinet-security-recovery-none = Not made yet
cabinet-security-passkeys = Passkeys
cabinet-security-passkeys-count = { $count ->
    [0] No passkeys
    [one] { $count } passkey
   *[other] { $count } passkeys
 }
