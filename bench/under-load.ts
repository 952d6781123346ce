import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createProgress } from '../src/cli/progress.ts';
import { load } from './load.ts';
import { matrixQuery, QUERIES } from './queries.ts';
import { send, toGet, toPost } from './request.ts';
import { type ServerProcess, startGateway } from './server-process.ts';
import { printTable } from './table.ts';

const CONNECTIONS = 500;
const OTHER_CONNECTIONS = 10;
const ROUND_MS = 5000;

/** The number of large answers that each slow reader requests at once. Together, the answers exceed the buffers of the operating system. */
const UNREAD_ANSWERS = 100;

const SMALL = QUERIES['5 rows'];
const MATRIX = matrixQuery();

const anew = { toRequest: (number: number) => toPost(SMALL, number), isSame: false };
const again = { toRequest: () => toPost(SMALL), isSame: true };
const matrixAnew = { toRequest: (number: number) => toPost(MATRIX, number), isSame: false };
const matrixAgain = { toRequest: () => toPost(MATRIX), isSame: true };

/**
 * Measures how much clients with small requests are slowed down by other clients: by clients with large answers, and by clients that do not
 * read their answers.
 */
export async function benchUnderLoad(): Promise<void> {
  const gateway = await startGateway();
  await send(gateway.url, toPost(SMALL));
  await send(gateway.url, toPost(MATRIX));
  const rows = [
    await measure(gateway, 'same request', again),
    await measure(gateway, 'different requests', anew),
    await measure(gateway, 'different requests; 10 more connections: whole matrix, same request', anew, matrixAgain),
    await measure(
      gateway,
      'different requests; 10 more connections: whole matrix, different requests',
      anew,
      matrixAnew,
    ),
  ];
  const idle = await Promise.all(Array.from({ length: OTHER_CONNECTIONS }, () => startSlowReader(gateway)));
  rows.push(await measure(gateway, 'different requests; 10 more connections: 100 unread matrices each', anew));
  for (const socket of idle) socket.destroy();
  console.log(`${CONNECTIONS} connections that request 5 rows\n`);
  printTable(rows);
  await gateway.stop();
}

type Questions = Pick<Parameters<typeof load>[0], 'toRequest' | 'isSame'>;

async function measure(server: ServerProcess, name: string, questions: Questions, others?: Questions) {
  const progress = createProgress();
  progress.show(name);
  await eventLoopLagMs(server);
  const common = { server, durationMs: ROUND_MS, status: 200, length: undefined };
  const [small, large] = await Promise.all([
    load({ ...common, ...questions, connections: CONNECTIONS }),
    others === undefined ? null : load({ ...common, ...others, connections: OTHER_CONNECTIONS }),
  ]);
  progress.end();
  server.dropLog();
  return {
    clients: name,
    'requests/s': Math.round(small.rate),
    'p50 ms': small.p50.toFixed(1),
    'p99 ms': small.p99.toFixed(1),
    'p99/p50': (small.p99 / small.p50).toFixed(2),
    'matrices/s': large === null ? '' : Math.round(large.rate),
    'event-loop lag p99 ms': (await eventLoopLagMs(server)).toFixed(1),
    MB: server.memoryMb().now,
  };
}

/** Returns the 99th percentile of the event-loop lag since the last call, in milliseconds. */
async function eventLoopLagMs({ url }: ServerProcess): Promise<number> {
  const { body } = await send(url, { method: 'GET', path: '/metrics', headers: {} });
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(body.toString())?.[1]) * 1000;
}

/** Opens a connection, requests many large answers at once, and reads nothing. */
async function startSlowReader({ url }: ServerProcess): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname).pause();
  socket.on('error', () => {});
  await once(socket, 'connect');
  const { method, path } = toGet(MATRIX);
  socket.write(
    `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\naccept: application/json\r\n\r\n`.repeat(UNREAD_ANSWERS),
  );
  return socket;
}
