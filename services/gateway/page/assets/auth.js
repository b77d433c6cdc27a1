// A token kept in memory only: it is gone with the page, and nothing is stored in the browser.

let token = null;

export const signedIn = () => token !== null;

export const bearer = () => (token ? { authorization: `Bearer ${token}` } : {});

// Null when it worked; a sentence for people otherwise.
export async function signIn(client, secret) {
  token = null;
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: client, client_secret: secret });
  try {
    const answer = await fetch("/oauth/token", { method: "POST", body: form, credentials: "omit" });
    if (answer.status === 401 || answer.status === 400) return "Имя клиента или секрет не подходят.";
    if (!answer.ok) return "Ключ сейчас не выдан. Попробуйте ещё раз через минуту.";
    token = (await answer.json()).access_token;
    return null;
  } catch {
    return "Портал не отвечает. Проверьте связь и попробуйте ещё раз.";
  }
}

export const signOut = () => { token = null; };
