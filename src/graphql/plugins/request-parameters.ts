import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { badRequest } from '../mask-error.ts';
import { quote } from '../names.ts';
import { typingCost } from '../typing-cost.ts';

/**
 * Reads the parameters of requests over HTTP, in place of Yoga. Everything that is not a well-formed request (GraphQL over HTTP, section
 * "Request Parameters") is refused with HTTP 400, whatever the client accepts, and a message that says what is wrong.
 */
export function useRequestParameters(): Plugin {
  return {
    onRequestParse({ request, url, setRequestParser }) {
      if (request.method === 'GET') setRequestParser(() => toParameters(readSearch(url.searchParams)));
      if (request.method === 'POST') setRequestParser(async () => toParameters(readBody(await request.text())));
    },
  };
}

/** The kinds of values that parameters have, as messages name them. */
const KINDS = {
  query: 'a string',
  documentId: 'a string',
  operationName: 'a string',
  variables: 'an object',
  extensions: 'an object',
} as const;

const NAMES = Object.keys(KINDS);

/** Parameters that are JSON in a query string. */
const JSON_NAMES = new Set(['variables', 'extensions']);

/** Parameters without a value are the same as absent ones. Others may be there for caches or statistics. */
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

/** The messages of the JSON parser quote the text, which can be long or secret. */
function parseJson(text: string, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${subject} is not valid JSON.`);
  }
}

function toParameters(sent: unknown): GraphQLParams {
  if (Array.isArray(sent)) throw badRequest('The body is an array. Send one operation in each request, as an object.');
  if (!isObject(sent)) throw badRequest(`The body must be a JSON object, and is ${kindOf(sent)}.`);
  for (const name in sent) {
    const value = sent[name];
    // Null is the same as an absent parameter.
    if (value === null) continue;
    if (!isName(name)) throw badRequest(`${quote(name)} is not a parameter of a request. ${hintAt(name)}`);
    if (kindOf(value) !== KINDS[name]) throw badRequest(`"${name}" must be ${KINDS[name]}, and is ${kindOf(value)}.`);
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

/** Longer names are not compared, which takes time in proportion to their length. */
const MAX_COMPARED = 20;

/** Up to this cost a name is near enough to be meant. */
const NEAR = 1.5;

function hintAt(name: string): string {
  const typed = name.toLowerCase();
  const costs = name.length > MAX_COMPARED ? [] : NAMES.map((one) => typingCost(typed, one.toLowerCase()));
  const lowest = Math.min(...costs);
  return lowest <= NEAR ? `Did you mean "${NAMES[costs.indexOf(lowest)]}"?` : `Known are ${NAMES.join(', ')}.`;
}
