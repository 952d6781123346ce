import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { createGateway } from './gateway.ts';
import { serve } from './listening-gateway.ts';

/** A query whose response the gateway stores and sends again. */
export const QUESTION =
  '{ gpuAvailability(gpuType: "L4") { totalCount nodes { stock observedAt } coverage { complete } } }';

/** The content type of a request with a JSON body. */
export const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * Makes a gateway listen on a port until the test ends. Returns its URL, a function that sends a query, and a function that returns how many
 * stored responses the gateway has sent.
 */
export async function listen(gateway: ReturnType<typeof createGateway>) {
  const url = await serve(gateway);
  const ask = (query = QUESTION, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify({ query }),
      ...init,
    });
  const ready = async () => {
    const { body } = await gateway.get('/metrics');
    return Number(/^gpu_gateway_ready_answers_total (\d+)$/m.exec(body)?.[1]);
  };
  return { url, ask, ready };
}

/** Sends a GET. Unlike `fetch`, this function adds no headers and does not decompress the response. */
export function get(url: string, query: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const asked = httpRequest(`${url}?query=${encodeURIComponent(query)}`, { method, headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) });
    });
    asked.on('error', reject).end();
  });
}
