# Sessions.
sessions-title = Sessions and devices
sessions-lead = Where your cabinet is open now. End a session you do not know and change your password.
sessions-current = this session
sessions-unknown-device = Unknown device
sessions-address = Address { $address }
sessions-remembered = remembered for 30 days
sessions-since = Signed in { $time }
sessions-seen = last used { $time }
sessions-end = End
sessions-end-others = End all others
