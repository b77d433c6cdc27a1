// The contract is shown service by service: all of it at once keeps a browser busy for many seconds.

const METHODS = ["get", "post", "put", "patch", "delete"];
const SCHEMA = "#/components/schemas/";

export const operations = (contract) =>
  Object.entries(contract.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, ...item[method], tag: item[method].tags[0] })));

// One tag's part as a contract of its own, with the schemas it refers to and no others.
export function partOf(contract, tag) {
  const paths = {};
  for (const [path, item] of Object.entries(contract.paths)) {
    const own = METHODS.filter((method) => item[method]?.tags[0] === tag);
    if (own.length) paths[path] = Object.fromEntries(own.map((method) => [method, readable(item[method], contract)]));
  }
  const part = {
    openapi: contract.openapi,
    info: tag === contract.tags[0].name ? contract.info : { ...contract.info, description: "", summary: undefined, contact: undefined, license: undefined },
    servers: contract.servers,
    security: contract.security,
    tags: contract.tags.filter((one) => one.name === tag).map((one) => ({ name: one.name, description: one["x-displayName"] ?? one.description })),
    paths,
    webhooks: tag === "webhooks" ? contract.webhooks : undefined,
  };
  const { schemas, ...others } = contract.components;
  part.components = { ...others, schemas: Object.fromEntries([...wanted(part, schemas)].map((name) => [name, schemas[name]])) };
  return part;
}

// Failures are alike everywhere, so of them only the status and its meaning are shown. What must be
// filled in is filled with its example, so that an operation can be tried at once; what need not be
// is left empty, with its example told, so that the first answer is the plain one.
function readable(operation, contract) {
  const responses = Object.entries(operation.responses).map(([status, one]) => [status, resolved(one, contract)]).map(([status, response]) =>
    [status, /^[45]/.test(status) ? { description: response.description } : { ...response, headers: undefined }]);
  return {
    ...operation,
    description: [operation.description, access(operation.security)].filter(Boolean).join("\n\n"),
    parameters: operation.parameters?.map((one) => filled(resolved(one, contract))),
    responses: Object.fromEntries(responses),
  };
}

const resolved = (value, contract) =>
  value.$ref ? value.$ref.slice(2).split("/").reduce((inner, name) => inner[name], contract) : value;

function filled(parameter) {
  const { example = parameter.schema?.example ?? parameter.schema?.examples?.[0], ...rest } = parameter;
  if (parameter.required) return { ...rest, example };
  const { example: _, examples: __, default: standard, ...schema } = parameter.schema ?? {};
  const told = [example !== undefined && `Например: ${example}.`, standard != null && `Без него: ${standard}.`].filter(Boolean);
  return { ...rest, schema, description: [parameter.description, ...told].join(" ") };
}

function access(security) {
  if (!security?.length || security.some((one) => !Object.keys(one).length)) return "Токен не обязателен.";
  const scopes = security.flatMap((one) => Object.values(one).flat());
  return scopes.length ? `Нужен токен с областью доступа ${scopes.map((scope) => `\`${scope}\``).join(", ")}.` : "Нужен токен.";
}

function wanted(part, schemas) {
  const names = new Set();
  const waiting = referred(part);
  while (waiting.length) {
    const name = waiting.pop();
    if (!(name in schemas) || names.has(name)) continue;
    names.add(name);
    waiting.push(...referred(schemas[name]));
  }
  return names;
}

const referred = (value) =>
  [...JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref).filter((ref) => ref.startsWith(SCHEMA)).map((ref) => ref.slice(SCHEMA.length));
