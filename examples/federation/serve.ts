import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on a free port of this machine and prints the address in one line, as the gateway does. */
export async function serve(name: string, handler: RequestListener): Promise<void> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // Hive's runtime handles these signals but does not end the process, so the process is ended here.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${name} ready at http://127.0.0.1:${port}/graphql\n`);
}
