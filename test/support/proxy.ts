import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * Starts a TCP proxy on a free port. It forwards connections to `port` on this machine. It can cut them and refuse new ones, and it can
 * accept new ones without forwarding anything.
 */
export async function startProxy(port: number) {
  const sockets = new Set<Socket>();
  let isCut = false;
  let held = Promise.resolve();
  let stopHolding = () => {};

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  }

  const server = createServer(async (client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    keep(client);
    await held;
    if (client.destroyed) return;
    const target = connect(port, '127.0.0.1');
    keep(target);
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
    client.pipe(target);
    target.pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  function cut(): void {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  }

  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    url: `redis://${address}`,
    cut,
    /** Accepts new connections from now on, but forwards nothing over them until `mend` is called. */
    hold() {
      held = new Promise((resolve) => {
        stopHolding = resolve;
      });
    },
    mend() {
      isCut = false;
      stopHolding();
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
