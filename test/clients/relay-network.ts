import { meros } from 'meros/browser';
import {
  Environment,
  type FetchFunction,
  type GraphQLSingularResponse,
  Network,
  Observable,
  RecordSource,
  Store,
  type SubscribeFunction,
} from 'relay-runtime';

export const createEnvironment = (fetchFunction: FetchFunction, subscribe?: SubscribeFunction) =>
  new Environment({ network: Network.create(fetchFunction, subscribe), store: new Store(new RecordSource()) });

const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** Creates a network layer as in Relay's guide. It sends the text of each operation. */
export const sendText =
  (url: string): FetchFunction =>
  async ({ text }, variables) =>
    (await post(url, { query: text, variables })).json();

/**
 * Creates a network layer as in Relay's guide to persisted operations. The network layer first sends only the id of an operation. If the
 * gateway does not know the id, the network layer sends the id together with the text. The guide leaves open what the parameter for the id
 * is called. The gateway calls it `documentId`.
 */
export const sendId =
  (url: string, texts: Readonly<Record<string, string>>): FetchFunction =>
  async ({ id }, variables) => {
    const documentId = id ?? '';
    const answer = await (await post(url, { documentId, variables })).json();
    if (answer.errors?.[0].extensions.code !== 'PERSISTED_QUERY_NOT_FOUND') return answer;
    return (await post(url, { documentId, query: texts[documentId], variables })).json();
  };

interface IncrementalPart {
  readonly label?: string;
  readonly path: (string | number)[];
  readonly data?: object;
  readonly items?: readonly object[];
  readonly errors?: [];
}

interface PayloadInParts {
  readonly data?: object;
  readonly errors?: readonly object[];
  readonly incremental?: readonly IncrementalPart[];
}

/** Converts a payload to the parts that Relay accepts. Relay requires a separate part for each streamed item. */
function toResponses({ data: first, errors, incremental = [] }: PayloadInParts): readonly GraphQLSingularResponse[] {
  const parts = incremental.flatMap(({ path, items, data, ...part }) =>
    items === undefined
      ? [{ ...part, path, data }]
      : items.map((item, index) => ({
          ...part,
          path: [...path.slice(0, -1), Number(path.at(-1)) + index],
          data: item,
        })),
  );
  const responses = first === undefined ? parts : [{ data: first, errors }, ...parts];
  return responses as readonly GraphQLSingularResponse[];
}

/** Creates a network layer that reads the parts of a response with the library meros. */
export const sendForParts =
  (url: string): FetchFunction =>
  ({ text }, variables) =>
    Observable.create((sink) => {
      void (async () => {
        const accept = 'multipart/mixed; deferSpec=20220824, application/json';
        const parts = await meros<PayloadInParts>(await post(url, { query: text, variables }, { accept }));
        if (parts instanceof Response) throw new Error('the answer is whole');
        for await (const part of parts) if (part.json) sink.next(toResponses(part.body));
        sink.complete();
      })().catch((error: Error) => sink.error(error));
    });
