# Вход.
signin-title = Вход
signin-login = Телефон, e-mail или СНИЛС
signin-login-hint = Например, +7 912 345-67-89
signin-password = Пароль
signin-remember = Запомнить меня
signin-remember-hint = На 30 дней. Не отмечайте на чужом устройстве.
signin-submit = Войти
signin-forgot = Забыли пароль?
signin-no-account = Ещё нет учётной записи?
signin-register = Регистрация
signin-error-empty = Введите телефон, почту или СНИЛС и пароль
signin-error-wrong = Логин или пароль не подошли. Проверьте раскладку и регистр букв или восстановите пароль. После нескольких неудачных попыток вход по паролю ненадолго закрывается.
signin-error-challenge = Подтвердите, что вы не программа, и введите пароль ещё раз
signin-second-title = Подтвердите вход
signin-second-submit = Войти
signin-recover-submit = Продолжить
signin-second-others = Другой способ
signin-second-other-account = Войти в другую учётную запись
signin-second-trust = Не спрашивать на этом устройстве { $days } { $days ->
    [one] день
    [few] дня
   *[other] дней
}
signin-second-trust-hint = Только для своего устройства. Отменить доверие можно в разделе «Безопасность».
signin-second-wait = Слишком много неверных кодов. Попробуйте через { $time } или выберите другой способ
signin-way-passkey = Ключ доступа на телефоне, компьютере или флешке
signin-way-totp = Код из приложения
signin-way-sms = Код по SMS
signin-way-recovery-codes = Резервный код
signin-totp-lead = Откройте приложение с кодами на своём телефоне и введите код для этого портала.
signin-totp-field = Код из приложения
signin-totp-hint = 6 цифр, меняются каждые 30 секунд
signin-totp-malformed = Введите 6 цифр из приложения, например 123 456
signin-totp-wrong = Код не подошёл. Дождитесь следующего кода в приложении и проверьте, что время на телефоне выставлено автоматически
signin-totp-spent = Этот код уже использован. Дождитесь следующего: он появится в течение 30 секунд
signin-paper-lead = Введите один из резервных кодов, которые вы сохранили. Каждый код подходит один раз.
signin-paper-field = Резервный код
signin-paper-hint = Например, 7K2M-9QX4-B3TD-H8WE
signin-paper-malformed = Резервный код состоит из 16 букв и цифр, например 7K2M-9QX4-B3TD-H8WE
signin-paper-wrong = Этот код не подошёл: он введён с ошибкой, уже использован или заменён новым набором
signin-sms-offer = Пришлём код на номер { $to }.
signin-sms-send = Получить код по SMS
signin-sms-gone = Номер, на который приходили коды, больше не привязан к учётной записи. Выберите другой способ или восстановите доступ.
signin-confirm-title = Подтвердите, что это вы
signin-confirm-lead = Дальше — действия, от которых зависит безопасность учётной записи.
signin-confirm-password-lead = Введите пароль ещё раз.
signin-confirm-password-wrong = Пароль не подошёл. Проверьте раскладку и регистр букв
signin-confirm-submit = Подтвердить
signin-confirm-leave = Не сейчас, вернуться
signin-other-ways = Другие способы
