# Свои данные: копия и удаление учётной записи.
closing-data-title = Данные и удаление
closing-data-lead = Здесь можно забрать копию всего, что портал хранит о вас, и удалить учётную запись.
closing-delete-title = Удаление учётной записи
closing-delete-short = Данные стираются не сразу: { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[many] { $days } дней
} можно передумать и просто войти.
closing-delete-open = Удалить учётную запись
closing-delete-lead = Если продолжить, { $date } данные будут стёрты навсегда. До этого дня достаточно войти, и всё вернётся.
closing-goes = Что исчезнет
closing-goes-names = имя, телефоны, почта и всё, что вы о себе сообщили
closing-goes-access = пароль, способы подтверждения, устройства и все сеансы
closing-goes-messages = сообщения портала вам
closing-stays = Что останется
closing-stays-journal = записи журнала без имени и контактов: по ним видно, что его не подделали
closing-stays-consents = отметка, что вы давали согласие, без имени
closing-stays-backups = зашифрованные резервные копии, пока не выйдет их срок хранения
closing-then = А потом
closing-then-text = Телефон и почта освободятся. С ними можно сразу открыть новую учётную запись, но старую она не вернёт.
closing-delete-where = Куда отправить код подтверждения
closing-delete-error-where = Выберите, куда отправить код
closing-delete-send = Получить код
closing-delete-stay = Не удалять
closing-delete-last = Последний шаг
closing-password = Пароль
closing-password-empty = Введите пароль от учётной записи
closing-password-wrong = Пароль не подошёл. Если не помните его, выйдите и восстановите доступ
closing-password-locked = Слишком много неверных попыток. Попробуйте через { $time }
closing-delete-submit = Удалить учётную запись
closing-goodbye-title = Учётная запись будет удалена
closing-goodbye-lead = Вы вышли на всех устройствах. Если передумаете, войдите в течение { $days ->
    [one] { $days } дня
   *[many] { $days } дней
}: всё останется как было.
closing-goodbye-after = Дата удаления и способ вернуться — в сообщении, которое пришло на все ваши контакты. Напомним ещё раз перед концом срока.
closing-goodbye-back = Передумать и войти
closing-part-account = Учётная запись
closing-part-profile = Мои данные
closing-part-sendings = Отправки на проверку
closing-part-checks = Проверки по реестрам
closing-part-evidence = На чём держится уровень
closing-part-contacts = Контакты
closing-part-consents = Согласия
closing-part-sessions = Сеансы
closing-part-devices = Известные устройства
closing-part-factors = Способы подтверждения
closing-part-trusted = Доверенные устройства
closing-field-name = Название
closing-field-until = До
closing-part-bans = Запреты
closing-part-lockdowns = Закрытия учётной записи
closing-part-messages = Сообщения
closing-part-journal = Журнал действий
closing-field-number = Номер
closing-field-level = Уровень
closing-field-language = Язык
closing-field-opened = Открыта
closing-field-password-set = Пароль задан
closing-field-person = Имя
closing-field-kind = Вид
closing-field-value = Значение
closing-field-primary = Основной
closing-field-changed = Изменено
closing-field-confirmed = Подтверждён
closing-field-removed = Отвязан
closing-field-document = Документ
closing-field-version = Редакция
closing-field-given = Дано
closing-field-address = Сетевой адрес
closing-field-methods = Чем подтверждён вход
closing-field-device = Устройство
closing-field-begun = Начат
closing-field-used = Последнее действие
closing-field-ended = Завершён
closing-field-why = Причина завершения
closing-field-channel = Способ отправки
closing-field-state = Состояние
closing-field-written = Создано
closing-field-sent = Отправлено
closing-field-at = Время
closing-field-event = Событие
closing-field-private = Подробности
closing-field-record = Запись журнала
closing-export-title = Копия ваших данных
closing-export-text = Файл JSON: имя, контакты, согласия, сеансы, устройства, способы подтверждения, сообщения и журнал. Паролей и кодов в нём нет. Храните файл там, где его не увидят чужие.
closing-export-take = Скачать копию
