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
