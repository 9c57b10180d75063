# The workplace of the portal's staff.
staff-workplace = workplace
staff-nav = Sections of the workplace
staff-nav-overview = Overview
staff-nav-people = People
staff-nav-jobs = Queues
staff-nav-connectors = Channels
staff-nav-configuration = Configuration
staff-nav-journal = Journal
staff-nav-log = Staff actions
staff-nav-staff = Staff
staff-nav-review = Review of documents
staff-leave = Leave the workplace
staff-session-ends = Closes after { $minutes } min without activity, at { $time } at the latest
staff-role-admin = Administrator
staff-role-support = Support
staff-role-security = Security
staff-role-auditor = Auditor
staff-role-reviewer = Reviewer of documents
staff-role-admin-about = Looks after the portal, invites staff and changes their roles
staff-role-support-about = Helps people who cannot sign in
staff-role-security-about = Stops abuse: locks and unlocks accounts
staff-role-auditor-about = Checks and changes nothing
staff-role-reviewer-about = Compares people’s data with their documents where registers cannot decide
staff-role = Role
staff-role-for = What for

# Entering the workplace.
staff-enter-title = Open the workplace
staff-enter-lead = Other people's data are visible here, so the workplace opens apart from your personal account.
staff-enter-time = How long
staff-enter-lasts = { $minutes } min without activity, { $hours } h in a row at most
staff-enter-watched = Everything you do is written down. The person whose data you open will see your name and your reason.
staff-enter-button = Open the workplace
staff-error-address = Not from this address
staff-error-address-text = The workplace opens from the organisation's own network only. Connect to it and try again.
staff-error-right = Your role does not allow this
staff-error-right-text = If your work needs it, ask an administrator of the portal to change your role.

# An invitation.
staff-join-title = Invitation to join the staff
staff-join-lead = You are invited to work with the portal “{ $portal }”.
staff-join-until = The invitation is valid until { $time }.
staff-join-who = You are signed in as { $name }. This account will become a member of staff.
staff-join-sign-in = Sign in to your own account first. If you have none, register and open the link of the letter again.
staff-join-ready = Everything you do at the workplace will be written down, and people will see who looked at their data and why.
staff-join-button = Accept the invitation
staff-join-gone = This invitation is not valid
staff-join-gone-text = The link was used, withdrawn or is too old. Ask for a new one.
staff-letter-subject = Invitation to the staff of “{ $portal }”
staff-letter-text = You are invited to work with the portal “{ $portal }”, role: { $role }. The link is valid for { $hours } h and works once.
staff-letter-need = You will need an account of your own on the portal and a second factor.
staff-letter-button = Open the invitation
staff-letter-footer = If you did not expect this letter, do nothing: without your sign-in the invitation is of no use.

# Staff.
staff-members = Accepted the invitation
staff-name = Name
staff-since = Since
staff-seen = Last activity
staff-acts = Actions
staff-you = this is you
staff-own-hint = Your own role is changed by another administrator
staff-role-of = Role: { $name }
staff-change = Change
staff-remove = Remove
staff-invitations = Waiting for an answer
staff-invited-by-command = Link from the command line
staff-until = Valid until
staff-withdraw = Withdraw
staff-invite-title = Invite
staff-invite-text = A letter with a link leaves at once. The person accepts with their own account and a second factor.
staff-invite-email = E-mail address
staff-invite-email-hint = For example, anna@example.org
staff-invite-role = Role of the new member
staff-invite-role-missing = Choose a role from the list, for example “Support”
staff-invite-submit = Send the invitation
staff-flash-joined = You are a member of staff now.
staff-flash-already = This account is a member of staff already.
staff-flash-left = The workplace is closed.
staff-flash-invited = The invitation was sent.
staff-flash-withdrawn = The invitation was withdrawn.
staff-flash-changed = Saved. This member's sessions at the workplace were ended.
staff-flash-own = You cannot change your own role: another administrator does that.
staff-flash-last-admin = This is the last administrator. Appoint another one first.
staff-flash-done = Done.
staff-flash-nothing = There was nothing to do: the state has changed already.

# Overview.
staff-now = Right now
staff-system = System
staff-due = Jobs waiting
staff-oldest = The oldest
staff-oldest-since = waits since { $time }
staff-nothing-waits = nothing waits
staff-dead = Jobs given up
staff-counted = The tables were counted on { $time }.
staff-counted-not-yet = The tables are not counted yet: the first count runs after the start.
staff-accounts = Accounts
staff-status = State
staff-status-open = Open
staff-status-locked = Locked by staff
staff-status-closing = Being deleted by the owner
staff-status-erased = Deleted
staff-sign-ins = Sign-ins
staff-what = What
staff-hour = Last hour
staff-day = Last 24 hours
staff-signed-in = Successful
staff-sign-in-failed = Failed
staff-sign-in-locked = Sign-in locked for a while
staff-messages = Messages of the last 24 hours
staff-channel = Channel
staff-channel-sms = Text messages
staff-channel-call = Calls
staff-channel-email = Letters
staff-message-queued = Waiting
staff-message-sent = Sent
staff-message-delivered = Delivered
staff-message-failed = Failed
staff-message-expired = Too late
staff-version = Version
staff-engine = Storage
staff-review-waiting = Waiting for staff
staff-review-late = Overdue among them
staff-review-asked = Waiting for the person
staff-review-cases = Cases
staff-storage = Size
staff-megabytes = { $n } MB
staff-up = Running
staff-up-since = { $for }, since { $time }

# People.
staff-find-title = Find a person
staff-find-text = Only one account is found, by an exact contact. There are no lists of people and no search by part of a name.
staff-find-who = Phone, e-mail address, SNILS or account number
staff-find-who-hint = In full, for example +7 912 345-67-89 or anna@example.org
staff-find-who-wrong = Enter the contact in full, for example +7 912 345-67-89 or anna@example.org
staff-find-why = Why
staff-find-why-missing = Choose why you open another person's data
staff-find-reason = The reason in your own words
staff-find-reason-hint = The person will read it in their journal. At least 10 characters, for example: call to support, the code does not arrive
staff-find-reason-short = Write the reason in words, 10 to 500 characters, for example: call to support, the code does not arrive
staff-find-submit = Find and open
staff-find-nobody = There is no account with this contact.
staff-find-own = This is your own account. Nobody works on their own account here.
staff-find-colleague = This account belongs to a member of staff. Only an administrator works on it.
staff-find-wait = Too many searches. Try again in { $wait }.
staff-why-request = The person asked for help
staff-why-fraud = Suspected fraud
staff-why-fault = A fault of the portal
staff-why-law = A request under the law
staff-why-check = A check of staff work
staff-account-open = Open
staff-account-locked = Locked by staff
staff-account-closing = Being deleted by the owner
staff-card-until = The card closes at { $time }.
staff-card-facts = Account
staff-card-account = Number
staff-card-opened = Opened
staff-card-password = Password set
staff-card-no-password = not set
staff-card-throttle = Password sign-in
staff-card-locked-until = locked until { $time }
staff-card-failures =
    { $n ->
        [0] open, no mistakes
        [one] open, { $n } mistake in a row
       *[other] open, { $n } mistakes in a row
    }
staff-card-contacts = Contacts
staff-card-reveal = Show in full
staff-card-reveal-hint = The person will see in the journal that you looked at the contacts in full.
staff-card-sessions = Sessions
staff-card-no-sessions = Not signed in anywhere.
staff-card-device = Device
staff-card-country = Country
staff-card-since = Signed in
staff-card-seen = Last activity
staff-card-end = End
staff-card-end-all = End all sessions
staff-card-clear = Lift the temporary lock
staff-card-lock = Lock the account
staff-card-unlock = Unlock the account
staff-card-close = Close the card
staff-card-told = The person is told of a lock and an unlock by every contact, and sees each of your actions in the journal together with the reason.
staff-card-events = Latest events
staff-actor-owner = Owner
staff-actor-visitor = Visitor
staff-actor-system = Portal
staff-actor-staff = Staff
staff-actor-other = Another person

# Queues.
staff-jobs-show = Show
staff-jobs-list = Jobs
staff-jobs-counts = By kind
staff-jobs-dead = Given up
staff-jobs-waiting = Waiting
staff-jobs-done = Done
staff-jobs-all = All kinds
staff-jobs-kind = Kind
staff-jobs-none = There are no such jobs.
staff-jobs-id = Number
staff-jobs-attempts = Attempts
staff-jobs-reason = Reason
staff-jobs-retry = Retry
staff-jobs-retry-all = Retry all of this kind (up to 1000)
staff-jobs-hint = What messages say is not shown here. A message that the portal gave up does not leave when it is retried: its text is destroyed.
staff-next = Next

# Channels.
staff-connectors = Connections
staff-connectors-hint = Figures of the last 24 hours.
staff-connector = Name
staff-share = Share now / configured, %
staff-health-up = Working
staff-health-degraded = With faults
staff-health-down = Not working
staff-health-none = Not connected
staff-last-errors = Latest errors of the last 24 hours

# Configuration.
staff-config-hint = Secrets are hidden. The configuration is changed in the file or in environment variables, and the portal is started again.
staff-config-given = Given explicitly
staff-config-value = Setting
staff-config-place = Where
staff-config-holds = What holds

# Journal.
staff-journal-hint = Every event is part of one tree, whose head is signed and published every hour. To check everything: pristan admin audit verify
staff-journal-public = The public page with keys and heads
staff-head = Latest head
staff-head-newest = { $age } ago, events: { $events }
staff-head-none = not published yet
staff-head-next = Next one
staff-heads = Heads
staff-head-number = No.
staff-head-events = Events
staff-head-root = Root, beginning
staff-head-keys = Signing keys
staff-head-key = Key
staff-head-public = For checking
staff-log-time = Time
staff-log-who = Who
staff-log-all = All staff
staff-log-more = Details
staff-log-former = former member
staff-log-found = there is such an account
staff-log-not-found = there is no such account
staff-log-empty = No records.
staff-account-lockdown = Closed by its owner
staff-card-factors = Second factor
staff-card-no-factors = none
staff-card-code = Issue a temporary access code
staff-card-identified = I see the person and have checked their document
staff-card-code-title = Temporary access code
staff-card-code-once = Write the code down or print it for the person now: nobody will see it again. An earlier code is dead. With it the person sets a new password, and their earlier second factors are removed.
staff-card-code-hours = The code works for { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
  } and only once.
staff-verified = Journal verified
staff-verified-not-yet = not yet
staff-verified-good = { $time }: whole, events: { $events }
staff-verified-broken = { $time }: the journal is broken. Run pristan admin audit verify and keep the database as it is
staff-status-lockdown = Closed by their owner
staff-card-level = Level
staff-card-code-hint = For a person who came in person and cannot sign in. They type the code on the page “Recover access” and set a new password.
staff-card-identified-missing = Tick that you see the person and have checked their document

# What is missing for the workplace.
staff-weak-add = Staff sign in with a second factor. Add one in the security settings, for example an authenticator app, and come back to this page.
staff-weak-give = Staff sign in with a second factor. This time you signed in without it: confirm the sign-in now.
staff-weak-add-key = This role needs a passkey or a security key. Add one in the security settings, sign in with it and come back to this page.
staff-weak-give-key = This role needs a sign-in with a passkey or a security key. This time you signed in without it: confirm the sign-in with the key now.
staff-weak-confirm = Confirm the sign-in
staff-weak-settings = Security settings

# The pause while a channel fails again and again.
staff-pause = Pause after failures
staff-pause-on = now
staff-pause-off = no

# What a member of staff did.
staff-event-registration-attempted = Somebody tried to register with this person's contact
staff-event-acted = An act on an account
staff-act-card = The person's card was opened
staff-act-reveal = The contacts were shown in full
staff-act-end-session = A session of the person was ended
staff-act-end-sessions = All sessions of the person were ended
staff-act-lock = The account was locked
staff-act-unlock = The account was unlocked
staff-act-clear-throttle = The temporary lock of the sign-in was lifted
staff-act-issue-code = A temporary access code was issued
staff-act-review-take = A case was taken for review
staff-act-review-back = A case was put back
staff-act-review-ask = Another scan was asked for
staff-act-review-confirm = Data compared: confirm
staff-act-review-refuse = Data compared: refuse
staff-refusal-right = the role does not allow it
staff-refusal-address = not from the organisation's network
staff-refusal-strength = signed in without the factor that is needed
staff-refusal-own = own account
staff-refusal-colleague = an account of a member of staff
staff-refusal-searches = too many searches
staff-no-errors = There were no errors
staff-no-heads = The first head appears within an hour
staff-no-keys = The key appears together with the first head
staff-card-messages = Messages to the person
staff-card-way = By
staff-card-state = State
staff-card-no-messages = There were no messages.
