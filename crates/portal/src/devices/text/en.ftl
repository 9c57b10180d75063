# Devices that the account was signed in from.
devices-title = Known devices
devices-lead = You have signed in from these devices. A sign-in from any other one is told to all your contacts.
devices-none = No device is known
devices-none-text = The next sign-in from any device will be told to all your contacts.
devices-current = This device
devices-place = Last sign-in: { $place }
devices-first = First { $time }
devices-last = last { $time }
devices-forget = Forget
devices-sessions-hint = A forgotten device stays signed in until its session ends. You can end it on the page “Open sessions”.
