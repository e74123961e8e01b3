import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface TcpServer {
  readonly port: number;
  /** Every connection so far. */
  readonly sockets: Socket[];
}

/** A loopback server that does with each connection whatever the test wants; it ends with the test. */
export async function tcpServer(
  t: TestContext,
  onConnection: (socket: Socket, number: number) => void,
  host = '127.0.0.1',
): Promise<TcpServer> {
  return listen(t, createServer(), 'connection', onConnection, host);
}

/** The same for a server made elsewhere, such as a TLS server with its `secureConnection`. */
export async function listen(
  t: TestContext,
  server: Server,
  event: 'connection' | 'secureConnection',
  onConnection: (socket: Socket, number: number) => void,
  host = '127.0.0.1',
): Promise<TcpServer> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  let number = 0;
  server.on(event, (socket: Socket) => {
    socket.on('error', () => {});
    onConnection(socket, number++);
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

/**
 * Answers each request with what `answer` gives for its head and number on the connection; bodies are read by
 * `content-length` and thrown away.
 */
export function answering(
  answer: (head: string, number: number, socket: Socket) => string | undefined,
): (socket: Socket) => void {
  return (socket) => {
    let text = '';
    let number = 0;
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (;;) {
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = text.slice(0, end + 4);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (text.length < head.length + length) return;
        text = text.slice(head.length + length);
        const reply = answer(head, number++, socket);
        if (reply !== undefined) socket.write(reply, 'latin1');
      }
    });
  };
}
