import type { ExecutionResult } from 'graphql';

/** A payload of an incremental response. The first payload contains the initial result, and each later payload contains further parts. */
export interface Payload extends ExecutionResult {
  readonly hasNext?: boolean;
  readonly incremental?: readonly Part[];
}

interface Part {
  readonly path: readonly (string | number)[];
  readonly items?: readonly unknown[] | null;
  readonly data?: object | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: object }[];
}

/** Yields the payloads of a multipart/mixed response as they arrive. */
export async function* readParts(response: Response): AsyncGenerator<Payload> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    const text = decoder.decode(bytes, { stream: true });
    const pieces = `${rest}${text}`.split('\r\n---');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const [, json] = piece.split('\r\n\r\n');
      if (json !== undefined) yield JSON.parse(json);
    }
  }
}

/** Adds `fields` to `target`. Merges nested objects too, because two fragments may select fields of the same object. */
export function merge(target: object, fields: object): void {
  const known = target as Record<string, unknown>;
  for (const [key, value] of Object.entries(fields)) {
    const before = known[key];
    if (typeof before === 'object' && before !== null && value !== null) merge(before, value);
    else known[key] = value;
  }
}

/** Creates an empty answer. Its function `add` merges the payloads of a response into the answer, one after the other. */
export function createAnswer() {
  let data: unknown;
  const find = (path: readonly (string | number)[]) =>
    path.reduce((value, key) => (value as Record<string | number, unknown>)[key], data);

  return {
    add(payload: Payload): void {
      data ??= payload.data;
      for (const { path, items, data: fields } of payload.incremental ?? []) {
        const index = path.at(-1) as number;
        if (items != null) (find(path.slice(0, -1)) as unknown[]).splice(index, items.length, ...items);
        if (fields != null) merge(find(path) as object, fields);
      }
    },
    data: () => data,
  };
}
