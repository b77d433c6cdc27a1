// What an integrator does first: a token, a file, its job, the new table, the passport, a webhook.

import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const [url, clientId, secret, hook, value] = process.argv.slice(2) as [string, string, string, string, string];
const REGION = "08000000";
const rating = { params: { path: { programme: "rum", period: "2022" } } };
const open = createClient<paths, "application/json">({ baseUrl: url });

function given<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const ends = Date.now() + 120_000; Date.now() < ends; ) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("It did not come true in time.");
}

const observation = (period: string, indicator: string, shown: string) => ({
  programme: "rum", period, territory: REGION, indicator, value: shown, status: null, source: null,
});

const token: components["schemas"]["TokenAnswer"] = given(await open.POST("/oauth/token", {
  body: { grant_type: "client_credentials", client_id: clientId, client_secret: secret },
  bodySerializer: (body) => new URLSearchParams(body as Record<string, string>),
  headers: { "content-type": "application/x-www-form-urlencoded" },
}));
const known = createClient<paths, "application/json">({ baseUrl: url, headers: { authorization: `Bearer ${token.access_token}` } });

const webhook = given(await known.POST("/v1/webhooks", {
  body: { url: hook, types: ["ratings.revision_published.v1"] },
}));

// Over 1 MiB an import is a job; this one is a rehearsal and stores nothing.
const many = Array.from({ length: 9000 }, (_, n) => observation(String(1000 + n), "1.1", "50"));
const accepted = given(await known.POST("/v1/ratings/imports", {
  params: { query: { kind: "observations", dry_run: true } }, body: many,
}));
const job = accepted.job?.split("/").at(-1);
if (!job) throw new Error("A large import has no job.");
const finished = await until(async () => {
  const { state } = given(await known.GET("/v1/ratings/jobs/{job_id}", { params: { path: { job_id: job } } }));
  return state === "queued" || state === "running" ? undefined : state;
});
const rehearsed = given(await known.GET("/v1/ratings/imports/{import_id}", { params: { path: { import_id: accepted.id } } }));

const before = (await open.GET("/v1/ratings/{programme}/{period}", rating)).response.headers.get("etag");
const report = given(await known.POST("/v1/ratings/imports", {
  params: { query: { kind: "observations" }, header: { "idempotency-key": `journey-${value}` } },
  body: [observation("2022", "1.1", value)],
}));
const table = await until(async () => {
  const answer = await open.GET("/v1/ratings/{programme}/{period}", rating);
  return answer.response.headers.get("etag") === before ? undefined : given(answer);
});
const score = table.rows.find((row) => row.territory === REGION)?.nodes["1.1"]?.score;
const passport = await until(async () => {
  const answer = given(await open.GET("/v1/territories/{oktmo}/passport", { params: { path: { oktmo: REGION } } }));
  return (answer.parts.ratings.revision ?? 0) >= table.revision ? answer : undefined;
});

console.log(JSON.stringify({
  secret: webhook.secret,
  job: finished,
  rehearsed: rehearsed.counts.received,
  updated: report.counts.updated,
  score,
  passport: passport.territory.title,
}));
