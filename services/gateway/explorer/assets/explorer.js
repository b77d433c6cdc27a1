"use strict";

const told = document.getElementById("told");
let token = null;

function withToken(request) {
  if (token && new URL(request.url, location.href).origin === location.origin) {
    request.headers.Authorization ??= `Bearer ${token}`;
  }
  return request;
}

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#explorer",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  validatorUrl: null,
  queryConfigEnabled: false,
  requestInterceptor: withToken,
});

document.getElementById("token").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  told.textContent = "Запрашивается…";
  const response = await fetch("/oauth/token", {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: form.get("client_id"),
      client_secret: form.get("client_secret"),
    }),
  });
  const answer = await response.json();
  if (!response.ok) {
    told.textContent = answer.detail;
    return;
  }
  token = answer.access_token;
  told.textContent = `Токен получен на ${Math.round(answer.expires_in / 60)} мин: «Try it» подставит его.`;
});
