import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on a free port of this machine, and tells where in one line, as the gateway does. */
export async function serve(name: string, handler: RequestListener) {
  const server = createServer(handler);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  // Hive's runtime takes the signal, and leaves the process alive.
  process.once('SIGTERM', () => process.exit(0));
  process.stdout.write(`${name} ready at ${url}\n`);
  return { url, server };
}
