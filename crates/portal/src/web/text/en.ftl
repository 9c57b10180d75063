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
web-demo = Demonstration: people and data are made up, messages go nowhere
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
web-level = Level
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
web-home-register = Open an account
web-home-to-cabinet = Open my cabinet
