# Восстановление доступа.
recovery-title = Восстановление доступа
recovery-lead = Отправим код на подтверждённый телефон или почту, и вы зададите новый пароль.
recovery-step-login = Учётная запись
recovery-step-code = Код
recovery-step-password = Новый пароль
recovery-login = Телефон, e-mail или СНИЛС
recovery-login-hint = Например, +7 912 345-67-89
recovery-submit = Получить код
recovery-error-login = Введите телефон, почту или СНИЛС. Например, +7 912 345-67-89
recovery-code-title = Введите код
recovery-code-lead = Если к { $to } привязана учётная запись, туда отправлен код.
recovery-code-lead-hidden = Если такая учётная запись есть, код отправлен на её основной контакт.
recovery-code-submit = Продолжить
recovery-code-change = Указать другой телефон, почту или СНИЛС
recovery-password-title = Новый пароль
recovery-password-lead = Все остальные сеансы будут завершены, а на ваши контакты придёт уведомление.
recovery-password-submit = Сохранить и войти
