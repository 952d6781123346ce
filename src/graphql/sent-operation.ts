/** A question as a client sends it. */
export interface SentOperation {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** What may be sent, and whether a value is of its kind. */
const PARTS = new Map<string, (value: unknown) => boolean>([
  ['query', isText],
  ['operationName', (value) => value == null || isText(value)],
  ['variables', (value) => value == null || isObject(value)],
]);

/** The operation in a body of JSON; `null` when anything is amiss, or anything else is sent with it. */
export function readOperation(body: string): SentOperation | null {
  const sent = parse(body);
  if (!isObject(sent)) return null;
  for (const name in sent) if (PARTS.get(name)?.(sent[name]) !== true) return null;
  const { query, operationName, variables } = sent as Partial<SentOperation>;
  // Nothing and null are the same to a client.
  return query === undefined
    ? null
    : { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
