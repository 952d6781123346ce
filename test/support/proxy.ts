import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Starts a TCP proxy on a free port. It forwards connections to `port` on this machine, and can cut them and refuse new ones. */
export async function startProxy(port: number) {
  const sockets = new Set<Socket>();
  let isCut = false;

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  }

  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const target = connect(port, '127.0.0.1');
    keep(client);
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
    mend() {
      isCut = false;
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
