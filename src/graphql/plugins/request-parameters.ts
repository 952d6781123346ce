import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { typingCost } from '../../typing-cost.ts';
import { badRequest } from '../mask-error.ts';
import { quote } from '../names.ts';

/**
 * Parses the parameters of HTTP requests in place of Yoga. A malformed request (GraphQL over HTTP, section "Request Parameters") is
 * rejected with HTTP 400, whatever the client accepts, and with a message that names the mistake.
 */
export function useRequestParameters(): Plugin {
  return {
    onRequestParse({ request, url, setRequestParser }) {
      if (request.method === 'GET') setRequestParser(() => toParameters(readSearch(url.searchParams)));
      if (request.method === 'POST')
        setRequestParser(async (received) => toParameters(readBody(await received.text())));
    },
  };
}

/** The type of each parameter, as the messages describe it. */
const KINDS = {
  query: 'a string',
  documentId: 'a string',
  operationName: 'a string',
  variables: 'an object',
  extensions: 'an object',
} as const;

const NAMES = Object.keys(KINDS);

/** The parameters whose values in a query string are JSON. */
const JSON_NAMES = new Set(['variables', 'extensions']);

/** Reads the parameters in a query string. A parameter without a value counts as absent. Unknown parameters are ignored. */
function readSearch(search: URLSearchParams): Readonly<Record<string, unknown>> {
  const given = NAMES.flatMap((name) => {
    const text = search.get(name) ?? '';
    return text === '' ? [] : [[name, JSON_NAMES.has(name) ? parseJson(text, `"${name}"`) : text] as const];
  });
  return Object.fromEntries(given);
}

function readBody(text: string): unknown {
  if (text === '') throw badRequest('The body is empty. Send a JSON object with an operation as "query".');
  return parseJson(text, 'The body');
}

/** Parses JSON. The parser's own error message is not used, because it quotes the text, which can be long or secret. */
function parseJson(text: string, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${subject} is not valid JSON.`);
  }
}

function toParameters(sent: unknown): GraphQLParams {
  if (Array.isArray(sent)) throw badRequest('The body is an array. Send one operation in each request, as an object.');
  if (!isObject(sent)) throw badRequest(`The body must be a JSON object, but is ${kindOf(sent)}.`);
  for (const name in sent) {
    const value = sent[name];
    // Null counts as absent.
    if (value === null) continue;
    if (!isName(name)) throw badRequest(`${quote(name)} is not a known parameter. ${hintAt(name)}`);
    if (kindOf(value) !== KINDS[name]) throw badRequest(`"${name}" must be ${KINDS[name]}, but is ${kindOf(value)}.`);
  }
  return sent as GraphQLParams;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => kindOf(value) === 'an object';

const isName = (name: string): name is keyof typeof KINDS => Object.hasOwn(KINDS, name);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * The maximum length of an unknown name that is compared with the known names, in characters. For longer names, the comparison would take
 * too long.
 */
const MAX_COMPARED = 20;

/** A known parameter name is suggested if its typing cost (about 1 for each typing mistake) is at most this value. */
const NEAR = 1.5;

function hintAt(name: string): string {
  const typed = name.toLowerCase();
  const costs = name.length > MAX_COMPARED ? [] : NAMES.map((one) => typingCost(typed, one.toLowerCase()));
  const lowest = Math.min(...costs);
  return lowest <= NEAR
    ? `Did you mean "${NAMES[costs.indexOf(lowest)]}"?`
    : `The known parameters are ${NAMES.join(', ')}.`;
}
