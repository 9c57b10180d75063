# Личный кабинет.
cabinet-greeting = Здравствуйте, { $name }
cabinet-tour-title = Что где находится
cabinet-tour-needs = Первым на странице стоит то, что ждёт вашего действия.
cabinet-tour-levels = Лестница показывает, какие услуги вам открыты и как открыть остальные.
cabinet-tour-security = В меню с вашим именем — безопасность: пароль и открытые сеансы.
cabinet-tour-end = Понятно, не показывать
cabinet-needs = Что ждёт вас
cabinet-needs-none = Ничего не ждёт
cabinet-needs-none-text = Когда от вас что-то понадобится, это появится здесь.
cabinet-need-profile = Следующая ступень — стандартная учётная запись
cabinet-need-profile-text = Посмотрите, какие документы для неё нужны и что портал уже знает о вас.
cabinet-need-profile-action = Мои данные
cabinet-under-way = В работе
cabinet-under-way-none = Пока ничего нет
cabinet-under-way-none-text = Здесь будут ваши проверки, заявления и записи на приём.
cabinet-ladder = Ваш уровень
cabinet-to-standard = Что для этого нужно
cabinet-security-lead = Здесь видно, как защищена учётная запись, и можно изменить каждую защиту.
cabinet-security-group-signin = Чем вы входите
cabinet-security-group-shield = Защита
cabinet-security-group-where = Где вы входили
cabinet-security-password = Пароль
cabinet-security-sessions = Открытые сеансы
cabinet-security-sessions-count = { $count ->
    [one] Открыт { $count } сеанс
    [few] Открыто { $count } сеанса
   *[other] Открыто { $count } сеансов
 }
cabinet-security-devices = Знакомые устройства
cabinet-security-devices-count = { $count ->
    [one] { $count } устройство. О входе с другого мы сообщим
    [few] { $count } устройства. О входе с другого мы сообщим
   *[other] { $count } устройств. О входе с другого мы сообщим
 }
cabinet-password-title = Смена пароля
cabinet-password-set = Пароль задан { $date }
cabinet-password-current = Текущий пароль
cabinet-password-ends = Остальные сеансы завершатся, на ваши контакты придёт уведомление.
cabinet-password-submit = Сменить пароль
cabinet-password-wrong = Текущий пароль не подошёл. Если вы его не помните, выйдите и восстановите доступ
cabinet-password-locked = Слишком много неверных попыток. Попробуйте через { $time } или восстановите доступ
cabinet-restored = Учётная запись восстановлена
cabinet-restored-text = Вы вошли до конца срока, поэтому удаление отменено. Все данные на месте.
cabinet-security-data = Данные и удаление учётной записи
cabinet-security-group-data = Восстановление и ваши данные
cabinet-security-data-text = Копия всего, что портал хранит о вас; удаление учётной записи
cabinet-security-factors-on = Включено
cabinet-security-factors-off = Только пароль
cabinet-security-recovery = Код восстановления
cabinet-security-recovery-none = Не создан
cabinet-security-passkeys = Ключи доступа
cabinet-security-passkeys-count = { $count ->
    [0] Нет ключей
    [one] { $count } ключ
    [few] { $count } ключа
   *[other] { $count } ключей
 }
