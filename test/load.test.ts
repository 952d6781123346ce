import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

const SMALL = '{ gpuAvailability(region: EUROPE, gpuType: "RTX 4090") { nodes { dataCenter { id } stock } } }';
/**
 * A query for half of all rows. The gateway limits the memory for large responses, and cuts the connection of a client that does not read
 * such a response. This response is too small to count as large.
 */
const HALF =
  '{ gpuAvailability(first: 800, filter: { includeUnavailable: true }) { nodes { gpuType { id } dataCenter { id name } stock } } }';

interface Answer {
  readonly data: { readonly gpuAvailability: { readonly nodes: readonly unknown[] } };
}

let server: RunningServer;
beforeAll(async () => {
  const gateway = createGateway();
  server = await startServer(gateway.listener, { host: '127.0.0.1', port: 0, log: gateway.log });
});
afterAll(() => server.close(0));

/**
 * Opens `connections` connections, and sends a query on each of them at once. Returns the number of responses for each number of rows, for
 * example `{ '9 rows': 1200 }`.
 */
async function askAtOnce(connections: number, query: string): Promise<Record<string, number>> {
  const pool = new Pool(server.url, { connections, pipelining: 1 });
  const headers = { 'content-type': 'application/json' };
  const ask = async () => {
    const { body } = await pool.request({ method: 'POST', path: '/graphql', headers, body: JSON.stringify({ query }) });
    const { data } = (await body.json()) as Answer;
    return `${data.gpuAvailability.nodes.length} rows`;
  };
  const counts: Record<string, number> = {};
  for (const rows of await Promise.all(Array.from({ length: connections }, ask)))
    counts[rows] = (counts[rows] ?? 0) + 1;
  await pool.close();
  return counts;
}

/** Starts a client that sends `requests` requests at once and reads nothing until `readAll` is called. */
async function startSlowReader(requests: number) {
  const { hostname, port, host } = new URL(server.url);
  const socket: Socket = connect(Number(port), hostname).pause();
  await once(socket, 'connect');
  const path = `/graphql?query=${encodeURIComponent(HALF)}`;
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept: application/json\r\n\r\n`.repeat(requests));
  return {
    /** Reads to the end of the last response. Returns the number of responses. */
    async readAll(): Promise<number> {
      let text = '';
      for await (const part of socket.setEncoding('latin1')) {
        text += part;
        const answers = text.split('HTTP/1.1 200 OK').length - 1;
        if (answers === requests && text.endsWith(']}}}')) return answers;
      }
      return 0;
    },
  };
}

/** Starts a client that sends a request as soon as it is connected. */
function startClient() {
  const { hostname, port, host } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.once('connect', () => socket.write(`GET /health HTTP/1.1\r\nhost: ${host}\r\n\r\n`));
  return { answered: once(socket, 'data'), leave: () => socket.destroy() };
}

/** The file in which Linux states its limit on connections that wait until a server accepts them. */
const SOMAXCONN = '/proc/sys/net/core/somaxconn';
const mostWaiting = existsSync(SOMAXCONN) ? Number(readFileSync(SOMAXCONN, 'utf8')) : 0;

describe('many clients', () => {
  it.runIf(mostWaiting >= 1200)('that connect at once are all answered before clients that connect later', async () => {
    let answers = 0;
    const clients = Array.from({ length: 1200 }, startClient);
    const answered = clients.map((client) => client.answered.then(() => (answers += 1)));
    await Promise.race(answered);
    try {
      // Two later clients connect, one after the other. One would not be enough, because its response may arrive together with the last of
      // the 1200 responses.
      for (let later = 1; later <= 2; later += 1) {
        const client = startClient();
        clients.push(client);
        await client.answered;
      }
      expect(answers).toBe(1200);
    } finally {
      for (const client of clients) client.leave();
    }
  });

  it('on 500 connections get one response each', async () => {
    expect(await askAtOnce(500, SMALL)).toEqual({ '5 rows': 500 });
    expect(await askAtOnce(500, SMALL)).toEqual({ '5 rows': 500 });
  });

  it('are answered while others read nothing, and those get all their responses when they start to read', async () => {
    const readers = await Promise.all([1, 2, 3, 4, 5].map(() => startSlowReader(40)));
    expect(await askAtOnce(100, SMALL)).toEqual({ '5 rows': 100 });
    expect(await askAtOnce(10, HALF)).toEqual({ '800 rows': 10 });
    expect(await Promise.all(readers.map((reader) => reader.readAll()))).toEqual([40, 40, 40, 40, 40]);
  });
});
