# Рабочее место сотрудников портала.
staff-workplace = рабочее место
staff-nav = Разделы рабочего места
staff-nav-overview = Обзор
staff-nav-people = Люди
staff-nav-jobs = Очереди
staff-nav-connectors = Каналы связи
staff-nav-configuration = Настройки
staff-nav-journal = Журнал
staff-nav-log = Действия сотрудников
staff-nav-staff = Сотрудники
staff-nav-review = Проверка документов
staff-leave = Покинуть рабочее место
staff-session-ends = Закроется после { $minutes } мин без действий, самое позднее в { $time }
staff-role-admin = Администратор
staff-role-support = Поддержка
staff-role-security = Безопасность
staff-role-auditor = Аудитор
staff-role-reviewer = Проверяющий документы
staff-role-admin-about = Следит за порталом, приглашает сотрудников и меняет их роли
staff-role-support-about = Помогает людям, которые не могут войти
staff-role-security-about = Останавливает злоупотребления: блокирует и разблокирует учётные записи
staff-role-auditor-about = Проверяет, ничего не меняя
staff-role-reviewer-about = Сверяет данные людей с документами, когда реестры не могут решить
staff-role = Роль
staff-role-for = Для чего

# Вход на рабочее место.
staff-enter-title = Вход на рабочее место
staff-enter-lead = Здесь видны чужие данные, поэтому рабочее место открывается отдельно от личного кабинета.
staff-enter-time = Как долго
staff-enter-lasts = { $minutes } мин без действий, не больше { $hours } ч подряд
staff-enter-watched = Каждое ваше действие записывается. Человек, чьи данные вы открыли, увидит ваше имя и причину.
staff-enter-button = Открыть рабочее место
staff-error-address = С этого адреса нельзя
staff-error-address-text = Рабочее место открывается только из сети организации. Подключитесь к ней и повторите.
staff-error-right = Ваша роль этого не позволяет
staff-error-right-text = Если это нужно для работы, попросите администратора портала изменить вашу роль.

# Приглашение.
staff-join-title = Приглашение в сотрудники
staff-join-lead = Вас приглашают работать с порталом «{ $portal }».
staff-join-until = Приглашение действует до { $time }.
staff-join-who = Вы вошли как { $name }. Сотрудником станет эта учётная запись.
staff-join-sign-in = Сначала войдите в свою учётную запись. Если её нет, зарегистрируйтесь и снова откройте ссылку из письма.
staff-join-ready = Все ваши действия на рабочем месте будут записываться, а людям будет видно, кто и зачем смотрел их данные.
staff-join-button = Принять приглашение
staff-join-gone = Приглашение не действует
staff-join-gone-text = Ссылка уже использована, отозвана или устарела. Попросите прислать новую.
staff-letter-subject = Приглашение в сотрудники портала «{ $portal }»
staff-letter-text = Вас приглашают работать с порталом «{ $portal }», роль: { $role }. Ссылка действует { $hours } ч и срабатывает один раз.
staff-letter-need = Понадобятся своя учётная запись на портале и второй фактор входа.
staff-letter-button = Открыть приглашение
staff-letter-footer = Если вы не ждали этого письма, ничего не делайте: без вашего входа приглашение бесполезно.

# Сотрудники.
staff-members = Приняли приглашение
staff-name = Имя
staff-since = С какого дня
staff-seen = Последнее действие
staff-acts = Действия
staff-you = это вы
staff-own-hint = Свою роль меняет другой администратор
staff-role-of = Роль: { $name }
staff-change = Изменить
staff-remove = Исключить
staff-invitations = Ждут ответа
staff-invited-by-command = Ссылка из командной строки
staff-until = Действует до
staff-withdraw = Отозвать
staff-invite-title = Пригласить
staff-invite-text = Письмо со ссылкой придёт сразу. Человек примет приглашение под своей учётной записью со вторым фактором.
staff-invite-email = Адрес электронной почты
staff-invite-email-hint = Например, anna@example.org
staff-invite-role = Роль нового сотрудника
staff-invite-role-missing = Выберите роль из списка, например «Поддержка»
staff-invite-submit = Отправить приглашение
staff-flash-joined = Вы стали сотрудником портала.
staff-flash-already = Эта учётная запись уже принадлежит сотруднику.
staff-flash-left = Рабочее место закрыто.
staff-flash-invited = Приглашение отправлено.
staff-flash-withdrawn = Приглашение отозвано.
staff-flash-changed = Изменения сохранены. Сеансы этого сотрудника на рабочем месте завершены.
staff-flash-own = Свою роль изменить нельзя: это делает другой администратор.
staff-flash-last-admin = Это последний администратор. Сначала назначьте другого.
staff-flash-done = Сделано.
staff-flash-nothing = Делать было нечего: состояние уже изменилось.

# Обзор.
staff-now = Сейчас
staff-system = Система
staff-due = Заданий ждёт
staff-oldest = Самое старое
staff-oldest-since = ждёт с { $time }
staff-nothing-waits = ничего не ждёт
staff-dead = Заданий не удалось
staff-counted = Таблицы посчитаны { $time }.
staff-counted-not-yet = Таблицы ещё не посчитаны: первый подсчёт идёт после запуска.
staff-accounts = Учётные записи
staff-status = Состояние
staff-status-open = Открыты
staff-status-locked = Заблокированы сотрудником
staff-status-closing = Удаляются владельцем
staff-status-erased = Удалены
staff-sign-ins = Входы
staff-what = Что
staff-hour = За час
staff-day = За сутки
staff-signed-in = Успешные
staff-sign-in-failed = Неудачные
staff-sign-in-locked = Временно закрыт вход
staff-messages = Сообщения за сутки
staff-channel = Канал
staff-channel-sms = SMS
staff-channel-call = Звонки
staff-channel-email = Письма
staff-message-queued = Ждут
staff-message-sent = Отправлены
staff-message-delivered = Доставлены
staff-message-failed = Не удались
staff-message-expired = Устарели
staff-version = Версия
staff-engine = Хранилище
staff-review-waiting = Ждут сотрудника
staff-review-late = Из них с просроченным сроком
staff-review-asked = Ждут человека
staff-review-cases = Случаев
staff-storage = Занято
staff-megabytes = { $n } МБ
staff-up = Работает
staff-up-since = { $for }, с { $time }

# Люди.
staff-find-title = Найти человека
staff-find-text = Находится только одна учётная запись по точному контакту. Списков людей и поиска по части имени нет.
staff-find-who = Телефон, адрес электронной почты, СНИЛС или номер учётной записи
staff-find-who-hint = Целиком, например +7 912 345-67-89 или anna@example.org
staff-find-who-wrong = Введите контакт целиком, например +7 912 345-67-89 или anna@example.org
staff-find-why = Почему
staff-find-why-missing = Выберите, почему вы открываете чужие данные
staff-find-reason = Причина своими словами
staff-find-reason-hint = Её прочитает сам человек в журнале действий. Не меньше 10 знаков, например: звонок в поддержку, не приходит код
staff-find-reason-short = Напишите причину словами, от 10 до 500 знаков, например: звонок в поддержку, не приходит код
staff-find-submit = Найти и открыть
staff-find-nobody = Учётной записи с таким контактом нет.
staff-find-own = Это ваша учётная запись. Со своей учётной записью на рабочем месте не работают.
staff-find-colleague = Это учётная запись сотрудника. С ней работает только администратор.
staff-find-wait = Слишком много поисков. Повторите через { $wait }.
staff-why-request = Обращение человека
staff-why-fraud = Подозрение на мошенничество
staff-why-fault = Сбой портала
staff-why-law = Запрос по закону
staff-why-check = Проверка работы сотрудников
staff-account-open = Открыта
staff-account-locked = Заблокирована сотрудником
staff-account-closing = Удаляется владельцем
staff-card-until = Карточка закроется в { $time }.
staff-card-facts = Учётная запись
staff-card-account = Номер
staff-card-opened = Открыта
staff-card-password = Пароль задан
staff-card-no-password = не задан
staff-card-throttle = Вход по паролю
staff-card-locked-until = временно закрыт до { $time }
staff-card-failures =
    { $n ->
        [0] открыт, ошибок нет
        [one] открыт, { $n } ошибка подряд
        [few] открыт, { $n } ошибки подряд
       *[other] открыт, { $n } ошибок подряд
    }
staff-card-contacts = Контакты
staff-card-reveal = Показать целиком
staff-card-reveal-hint = Человек увидит в журнале, что вы смотрели контакты целиком.
staff-card-sessions = Сеансы
staff-card-no-sessions = Нигде не выполнен вход.
staff-card-device = Устройство
staff-card-country = Страна
staff-card-since = Вход
staff-card-seen = Последнее действие
staff-card-end = Завершить
staff-card-end-all = Завершить все сеансы
staff-card-clear = Снять временное закрытие входа
staff-card-lock = Заблокировать учётную запись
staff-card-unlock = Разблокировать учётную запись
staff-card-close = Закрыть карточку
staff-card-told = О блокировке и её снятии человек узнает по всем своим контактам, а каждое ваше действие увидит в журнале вместе с причиной.
staff-card-events = Последние события
staff-actor-owner = Владелец
staff-actor-visitor = Посетитель
staff-actor-system = Портал
staff-actor-staff = Сотрудник
staff-actor-other = Другой человек

# Очереди.
staff-jobs-show = Показать
staff-jobs-list = Задания
staff-jobs-counts = По видам
staff-jobs-dead = Не удались
staff-jobs-waiting = Ждут
staff-jobs-done = Выполнены
staff-jobs-all = Все виды
staff-jobs-kind = Вид
staff-jobs-none = Таких заданий нет.
staff-jobs-id = Номер
staff-jobs-attempts = Попытки
staff-jobs-reason = Причина
staff-jobs-retry = Повторить
staff-jobs-retry-all = Повторить все неудавшиеся этого вида (до 1000)
staff-jobs-hint = Содержание сообщений здесь не показывается. Сообщение, от отправки которого портал отказался, повтором не уйдёт: его текст уже уничтожен.
staff-next = Дальше

# Каналы связи.
staff-connectors = Подключения
staff-connectors-hint = Числа за последние сутки.
staff-connector = Название
staff-share = Доля сейчас / по настройкам, %
staff-health-up = Работает
staff-health-degraded = С перебоями
staff-health-down = Не работает
staff-health-none = Не подключён
staff-last-errors = Последние ошибки за сутки

# Настройки.
staff-config-hint = Секреты скрыты. Меняются настройки в файле или переменных окружения, портал после этого перезапускают.
staff-config-given = Заданы явно
staff-config-value = Настройка
staff-config-place = Где задана
staff-config-holds = Что действует

# Журнал.
staff-journal-hint = Каждое событие входит в общее дерево, его вершина подписывается и публикуется каждый час. Проверить всё целиком: pristan admin audit verify
staff-journal-public = Страница для всех с ключами и вершинами
staff-head = Последняя вершина
staff-head-newest = { $age } назад, событий: { $events }
staff-head-none = ещё не опубликована
staff-head-next = Следующая
staff-heads = Вершины
staff-head-number = №
staff-head-events = Событий
staff-head-root = Корень, начало
staff-head-keys = Ключи подписи
staff-head-key = Ключ
staff-head-public = Для проверки
staff-log-time = Время
staff-log-who = Кто
staff-log-all = Все сотрудники
staff-log-more = Подробнее
staff-log-former = бывший сотрудник
staff-log-found = учётная запись есть
staff-log-not-found = учётной записи нет
staff-log-empty = Записей нет.
staff-account-lockdown = Закрыта владельцем
staff-card-factors = Второй фактор
staff-card-no-factors = нет
staff-card-code = Выдать временный код доступа
staff-card-identified = Я вижу человека и проверил(а) его документ
staff-card-code-title = Временный код доступа
staff-card-code-once = Запишите или напечатайте код для человека сейчас: больше его никто не увидит. Прежний код больше не действует. С ним человек задаст новый пароль, а прежние вторые факторы будут удалены.
staff-card-code-hours = Код действует { $hours ->
    [one] { $hours } час
    [few] { $hours } часа
   *[other] { $hours } часов
  } и только один раз.
staff-verified = Проверка журнала
staff-verified-not-yet = ещё не было
staff-verified-good = { $time }: цел, событий: { $events }
staff-verified-broken = { $time }: журнал нарушен. Выполните pristan admin audit verify и сохраните базу как есть
staff-status-lockdown = Закрыты владельцем
staff-card-level = Уровень
staff-card-code-hint = Для человека, который пришёл лично и не может войти. Он введёт код на странице «Восстановление доступа» и задаст новый пароль.
staff-card-identified-missing = Отметьте, что вы видите человека и проверили его документ

# Чего не хватает для входа на рабочее место.
staff-weak-add = Сотрудники входят со вторым фактором. Добавьте его в настройках безопасности, например приложение с кодами, и вернитесь на эту страницу.
staff-weak-give = Сотрудники входят со вторым фактором. В этот раз вы вошли без него: подтвердите вход сейчас.
staff-weak-add-key = Для этой роли нужен ключ доступа (passkey) или аппаратный ключ. Добавьте его в настройках безопасности, войдите с ним и вернитесь на эту страницу.
staff-weak-give-key = Для этой роли нужен вход с ключом доступа (passkey) или аппаратным ключом. В этот раз вы вошли без него: подтвердите вход ключом сейчас.
staff-weak-confirm = Подтвердить вход
staff-weak-settings = Настройки безопасности

# Пауза, когда канал связи отказывает раз за разом.
staff-pause = Пауза после сбоев
staff-pause-on = идёт
staff-pause-off = нет

# Что сделал сотрудник.
staff-event-registration-attempted = Кто-то пытался зарегистрироваться с контактом этого человека
staff-event-acted = Действие с учётной записью
staff-act-card = Открыта карточка человека
staff-act-reveal = Контакты показаны целиком
staff-act-end-session = Завершён сеанс человека
staff-act-end-sessions = Завершены все сеансы человека
staff-act-lock = Учётная запись заблокирована
staff-act-unlock = Учётная запись разблокирована
staff-act-clear-throttle = Снято временное закрытие входа
staff-act-issue-code = Выдан временный код доступа
staff-act-review-take = Взят случай на проверку
staff-act-review-back = Случай возвращён в очередь
staff-act-review-ask = Попросили другой снимок
staff-act-review-confirm = Данные сверены: подтвердить
staff-act-review-refuse = Данные сверены: отказать
staff-refusal-right = роль этого не позволяет
staff-refusal-address = не из сети организации
staff-refusal-strength = вход без нужного второго фактора
staff-refusal-own = своя учётная запись
staff-refusal-colleague = учётная запись сотрудника
staff-refusal-searches = слишком много поисков
staff-no-errors = Ошибок не было
staff-no-heads = Первая вершина появится в течение часа
staff-no-keys = Ключ появится вместе с первой вершиной
staff-card-messages = Сообщения человеку
staff-card-way = Способ
staff-card-state = Состояние
staff-card-no-messages = Сообщений не было.
