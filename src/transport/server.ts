import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A gateway that accepts requests. */
export interface RunningServer {
  /** Where it listens, without a path, for example 'http://127.0.0.1:4000'. */
  readonly url: string;
  /** Stops accepting, waits for what is in flight for at most `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** Listens on `host` and `port` (0 for any free one). Rejects when the address cannot be used. */
export async function startServer(
  handler: RequestListener,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    url: urlOf(server.address() as AddressInfo),
    async close(graceMs) {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
