# Слова оболочки: шапка, подвал, элементы форм, общие страницы.

## Общее
web-skip = Перейти к содержанию
web-home = Главная
web-back = Назад
web-crumbs = Путь к странице
web-optional = необязательно
web-choose = Выберите
web-error-prefix = Ошибка:
web-date-hint = Например, 05.11.1984
web-errors-title = { $n ->
    [one] Исправьте { $n } поле
    [few] Исправьте { $n } поля
   *[many] Исправьте { $n } полей
}
web-notice-info = К сведению
web-notice-success = Готово
web-notice-warning = Внимание
web-notice-danger = Не получилось

## Шапка и подвал
web-demo = Демонстрация: люди и данные вымышлены, сообщения никуда не уходят
web-look = Вид
web-theme = Оформление
web-theme-auto = Как в системе
web-theme-light = Светлое
web-theme-dark = Тёмное
web-large-text = Размер текста
web-text-usual = Обычный
web-text-large = Крупный
web-contrast = Контраст
web-contrast-usual = Обычный
web-contrast-strong = Высокий
web-sign-in = Войти
web-sign-out = Выйти
web-cabinet = Личный кабинет
web-security = Безопасность
web-footer = О портале
web-help = Помощь
web-terms = Пользовательское соглашение
web-data = Обработка персональных данных

## Время
web-wait-seconds = { $n ->
    [one] { $n } секунду
    [few] { $n } секунды
   *[many] { $n } секунд
}
web-wait-minutes = { $n ->
    [one] { $n } минуту
    [few] { $n } минуты
   *[many] { $n } минут
}
web-wait-hours = { $n ->
    [one] { $n } час
    [few] { $n } часа
   *[many] { $n } часов
}

## Пароль
web-password-show = Показать
web-password-hide = Скрыть
web-password-met = выполнено
web-password-length = От { $min } до { $max } символов
web-password-lower = Строчная латинская буква
web-password-upper = Заглавная латинская буква
web-password-digit = Цифра
web-password-sign = Один из знаков { $signs }
web-password-uncommon = Не из частых паролей, без вашего имени и контактов
web-strength = Надёжность пароля
web-strength-words = Очень слабый|Слабый|Средний|Хороший|Сильный

## Ход дела
web-steps-position = Шаг { $at } из { $of }
web-stage-done = пройдено
web-stage-current = сейчас
web-stage-ahead = впереди

## Уровни
web-level = Уровень
web-level-yours = ваш уровень
web-level-simplified = Упрощённая
web-level-standard = Стандартная
web-level-confirmed = Подтверждённая
web-level-simplified-opens = Справочные услуги, проверка и оплата штрафов
web-level-standard-opens = Запись к врачу, пенсионный счёт, налоговая задолженность
web-level-confirmed-opens = Все услуги, заявления с юридической силой

## Проверка, что вы человек
web-challenge-title = Подтвердите, что вы не программа
web-challenge-hint = Достаточно одного способа
web-challenge-picture = Картинка с символами для ввода
web-challenge-sound = Или прослушайте цифры
web-challenge-answer = Символы с картинки или из записи
web-challenge-work-start = Проверить без картинки
web-challenge-work-doing = Проверяем, это займёт несколько секунд
web-challenge-work-done = Проверка пройдена
web-challenge-work-failed = Не получилось. Воспользуйтесь картинкой или записью

## Сеанс
web-session-title = Сеанс скоро закончится
web-session-text = Вы давно ничего не делали. Чтобы данные остались под защитой, мы выйдем из кабинета через
web-session-stay = Остаться

## Главная
web-home-register = Создать учётную запись
web-home-to-cabinet = Открыть кабинет
