/** An operation as a client sends it. */
export interface SentOperation {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** The id by which the client names a persisted operation; `undefined` if the client sends the text. */
  readonly documentId: string | undefined;
}

/** Returns the text of the persisted operation with this id. Returns `null` if no persisted operation has this id. */
export type TextOf = (documentId: string) => string | null;

/** The parameters in a request body. A parameter that is null counts as absent. */
interface Parameters {
  readonly query?: string | null;
  readonly documentId?: string | null;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

/** The known parameters, each with a function that checks the type of its value. */
const KINDS = new Map<keyof Parameters, (value: unknown) => boolean>([
  ['query', isText],
  ['documentId', isText],
  ['operationName', isText],
  ['variables', isObject],
]);

/**
 * Reads the operation from a JSON body. Returns `null` if the body is not valid, if its `documentId` is unknown, or if it has an unknown
 * parameter.
 */
export function readOperation(body: string, textOf: TextOf): SentOperation | null {
  const sent = parse(body);
  if (!isParameters(sent)) return null;
  const { documentId, operationName, variables } = sent;
  const query = documentId == null ? sent.query : textWithout(sent.query, documentId, textOf);
  if (query == null) return null;
  return {
    query,
    operationName: operationName ?? undefined,
    variables: variables ?? undefined,
    documentId: documentId ?? undefined,
  };
}

/**
 * Returns the text of a persisted operation; `null` if its id is unknown. Also returns `null` if the request has a text as well as an id,
 * because then the plugin for persisted operations must compare the two.
 */
const textWithout = (query: string | null | undefined, documentId: string, textOf: TextOf): string | null =>
  query == null ? textOf(documentId) : null;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isParameters(sent: unknown): sent is Parameters {
  if (!isObject(sent)) return false;
  for (const name in sent) {
    const isRight = KINDS.get(name as keyof Parameters);
    if (isRight === undefined || !(sent[name] === null || isRight(sent[name]))) return false;
  }
  return true;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
