// Finds operations of every service by their words or address.

const MOST = 15;

export const linkTo = ({ tag, operationId }) => `#/${tag}/${operationId}`;

// Words people look by that the summaries do not say.
const SAME = [
  ["/imports", "импорт загрузка файл excel"], ["/webhooks", "вебхук подписка уведомление"], ["/explain", "почему объяснение вклад"],
  ["/oauth/token", "токен авторизация вход"], ["/claims", "число заявление проверка документ"], ["/findings", "находка противоречие ошибка"],
  ["/changes", "лента события"], ["/events", "поток события sse"], ["/jobs", "задание фоновое"],
];

const textOf = (operation) => {
  const words = SAME.filter(([part]) => operation.path.includes(part)).map(([, text]) => text).join(" ");
  return `${operation.method} ${operation.path} ${operation.summary} ${operation.description} ${operation.operationId} ${words}`.toLowerCase();
};

export function listen(input, list, known) {
  const words = () => input.value.toLowerCase().split(/\s+/).filter(Boolean);
  input.addEventListener("input", () => {
    const asked = words();
    const found = asked.length ? known.filter((one) => asked.every((word) => textOf(one).includes(word))) : [];
    list.replaceChildren(...found.slice(0, MOST).map(line));
    if (asked.length && !found.length) list.append(note("Ничего не нашлось."));
    if (found.length > MOST) list.append(note(`И ещё ${found.length - MOST}: уточните запрос.`));
  });
  list.addEventListener("click", (event) => {
    if (!event.target.closest("a")) return;
    input.value = "";
    list.replaceChildren();
  });
}

function line(operation) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const address = document.createElement("code");
  link.href = linkTo(operation);
  link.textContent = operation.summary;
  address.textContent = `${operation.method.toUpperCase()} ${operation.path}`;
  item.append(link, " ", address);
  return item;
}

function note(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}
