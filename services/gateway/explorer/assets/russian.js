// Swagger UI speaks English only: its labels are put into Russian as they appear.
"use strict";

const RUSSIAN = {
  "Authorize": "Авторизация",
  "Available authorizations": "Способы авторизации",
  "Application:": "Приложение:",
  "Cancel": "Отмена",
  "Clear": "Очистить",
  "Close": "Закрыть",
  "Code": "Код",
  "Contact Служба поддержки API": "Служба поддержки API",
  "Controls": "Управляет заголовком",
  "Curl": "Команда curl",
  "Default value": "По умолчанию",
  "Description": "Описание",
  "Details": "Подробности",
  "Download": "Скачать",
  "Example Value": "Пример",
  "Examples:": "Примеры:",
  "Example": "Пример",
  "Execute": "Выполнить",
  "Flow:": "Поток:",
  "Headers:": "Заголовки:",
  "Links": "Связи",
  "Loading": "Загружается",
  "Logout": "Выйти",
  "Media type": "Тип данных",
  "Name": "Параметр",
  "No links": "Нет связей",
  "No parameters": "Параметров нет",
  "Parameters": "Параметры",
  "Request URL": "Адрес запроса",
  "Request body": "Тело запроса",
  "Request duration": "Длительность",
  "header.": ".",
  "Please correct the following validation errors and try again.": "Исправьте и попробуйте снова:",
  "Reset": "Сбросить",
  "Response body": "Тело ответа",
  "Response headers": "Заголовки ответа",
  "Responses": "Ответы",
  "Schema": "Схема",
  "Scopes are used to grant an application different levels of access to data on behalf of the end user. Each API may declare one or more scopes.": "Области доступа определяют, что разрешено клиенту.",
  "Scopes:": "Области доступа:",
  "Send empty value": "Отправить пустое значение",
  "Server response": "Ответ сервера",
  "Servers": "Сервер",
  "Token URL:": "Адрес токена:",
  "Try it out": "Попробовать",
  "Webhooks": "Вебхуки",
  "select all": "выбрать все",
  "select none": "снять все",
  "* required": "* обязательно",
  "required": "обязательно",
};
const HINTS = { "Filter by tag or path": "Найти раздел или адрес", "Filter by tag": "Найти раздел" };
// What people wrote, sent or received is theirs and stays as it is.
const OWN = "pre, code, textarea, .microlight, .renderedMarkdown, .opblock-summary-path";

function translate(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = root.nodeType === Node.TEXT_NODE ? root : texts.nextNode(); node; node = texts.nextNode()) {
    const word = node.data.trim();
    if (Object.hasOwn(RUSSIAN, word) && !node.parentElement?.closest(OWN)) node.data = node.data.replace(word, RUSSIAN[word]);
  }
  for (const input of root.querySelectorAll?.("input[placeholder]") ?? []) {
    input.placeholder = HINTS[input.placeholder] ?? input.placeholder;
  }
}

new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "characterData") translate(change.target);
    else change.addedNodes.forEach(translate);
  }
}).observe(document.getElementById("explorer"), { childList: true, characterData: true, subtree: true });
