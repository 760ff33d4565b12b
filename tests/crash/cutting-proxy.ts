import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  /** The URL of the server behind it, through it. */
  readonly url: string;
  /** How many connections were cut. */
  readonly cut: () => number;
  close(): Promise<void>;
}

/**
 * Stands between a client and PostgreSQL, and once cuts the connection on which `marker` was said before a COMMIT: when the COMMIT has been carried out, and before the client hears of it. So
 * nobody but the server knows.
 */
export async function startCuttingProxy(url: string, marker: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let cut = 0;
  const server = createServer((client) => {
    const behind = connect(Number(port), hostname);
    let marked = false;
    let committing = false;
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        (socket === client ? behind : client).destroy();
      });
    }
    client.on('data', (data) => {
      const text = data.toString('latin1');
      marked ||= text.includes(marker);
      committing = marked && cut === 0 && text.includes('commit\0');
      behind.write(data);
    });
    behind.on('data', (data) => {
      if (!committing) client.write(data);
      else if (data.toString('latin1').includes('COMMIT\0')) {
        cut += 1;
        client.destroy();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const own = new URL(url);
  if (address !== null && typeof address !== 'string') own.port = String(address.port);
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { url: own.href, cut: () => cut, close };
}
