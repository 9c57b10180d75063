# Способы подтверждения входа.
factors-kind-passkey = Ключ доступа
factors-kind-totp = Приложение с кодами
factors-kind-sms = Код по SMS
factors-kind-recovery-codes = Резервные коды
