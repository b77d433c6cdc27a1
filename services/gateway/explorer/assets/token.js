// A form that gets a token; requests to this portal are sent with it.

let token = null;

export function withToken(request) {
  if (token && new URL(request.url, location.href).origin === location.origin) {
    request.headers.Authorization ??= `Bearer ${token}`;
  }
  return request;
}

async function ask(credentials) {
  const response = await fetch("/oauth/token", {
    method: "POST",
    // Without this a wrong secret (401, Basic) would make the browser ask for a password itself.
    credentials: "omit",
    body: new URLSearchParams({ grant_type: "client_credentials", ...credentials }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? answer.error_description ?? "Токен не выдан.");
  return answer;
}

export function listen(form, told) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    told.textContent = "Запрашивается…";
    try {
      const answer = await ask(Object.fromEntries(new FormData(form)));
      token = answer.access_token;
      const ends = new Date(Date.now() + answer.expires_in * 1000).toLocaleTimeString("ru-RU", { timeStyle: "short" });
      told.textContent = `Токен получен, действует до ${ends}. Кнопка «Выполнить» подставит его сама.`;
    } catch (error) {
      token = null;
      told.textContent = error instanceof TypeError ? "Портал не отвечает. Попробуйте ещё раз." : error.message;
    }
    button.disabled = false;
  });
}
