# Сеансы.
sessions-title = Сеансы и устройства
sessions-lead = Где сейчас открыт ваш кабинет. Незнакомый сеанс завершите и смените пароль.
sessions-current = этот сеанс
sessions-unknown-device = Неизвестное устройство
sessions-address = Адрес { $address }
sessions-remembered = запомнен на 30 дней
sessions-since = Вход { $time }
sessions-seen = последнее действие { $time }
sessions-end = Завершить
sessions-end-others = Завершить все остальные
