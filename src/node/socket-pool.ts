import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import { TransportError, type TransportRequest } from '../http/transport.ts';
import { fifo, type InLine } from './fifo.ts';

export interface SocketPoolOptions {
  /** Sockets in use at the same time, over all hosts; further requests wait their turn. Default 64. */
  sockets?: number | undefined;
  /** Milliseconds an unused socket is kept. Default 15,000: S3 closes its side at about 20 seconds. */
  keepAlive?: number | undefined;
  /** `false` accepts any TLS certificate. Default true. */
  verify?: boolean | undefined;
  /** PEM certificates to trust instead of the built-in authorities. */
  ca?: string | Uint8Array | undefined;
}

/** One exchange as the pool sees it: it asks for a socket, holds it, and hears what becomes of it. */
export interface SocketUser extends InLine<SocketUser> {
  readonly request: TransportRequest;
  /** Since when (`performance.now()`) its answer waits for a reader; undefined while bytes are moving. */
  readonly unreadSince: number | undefined;
  /** No socket is free: the user waits in line. */
  queued(): void;
  /** A socket is being opened for the user: `connection.socket` is not usable yet. */
  connecting(connection: Connection): void;
  connected(connection: Connection): void;
  /** The socket could not be opened. The user no longer holds it. */
  refused(error: unknown): void;
  /** The user no longer holds the socket: it went back to the pool, or `closed`. */
  released(closed: boolean): void;
  /** The socket's own idle time-out (`socket.setTimeout`) ran out. */
  idle(): void;
}

export interface Connection {
  readonly socket: Socket;
  /** Whether an earlier exchange used the socket, so that the server may have closed it meanwhile. */
  reused: boolean;
  /** `socket.bytesRead` when the present user got it. */
  bytesBefore: number;
}

export interface SocketPool {
  /** Calls `connecting`, `connected` or `queued` before it returns, the rest later. */
  acquire(user: SocketUser): void;
  /** Gives up waiting in line. */
  leave(user: SocketUser): void;
  /** Gives the socket back for another exchange. */
  release(connection: Connection): void;
  /**
   * Ends the socket; the user hears no more of it. When it turned out `stale`, so do the host's unused ones: they
   * have been idle for longer.
   */
  destroy(connection: Connection, stale?: boolean): void;
  /** What every busy socket is held by, when it is unread responses alone; undefined while one is live. */
  unread(): { labels: string[]; since: number } | undefined;
  close(): void;
}

interface Origin {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** Unused sockets, the one used last at the end. */
  readonly idle: PooledSocket[];
  /** The last TLS session, to resume. */
  session: Buffer | undefined;
}

interface PooledSocket extends Connection {
  readonly origin: Origin;
  user: SocketUser | undefined;
  idleSince: number;
}

/** Kept-alive sockets under one bound, given out in the order they were asked for. */
export function socketPool(options: SocketPoolOptions = {}): SocketPool {
  const limit = options.sockets ?? 64;
  if (!(limit >= 1)) throw new RangeError('sockets must be at least 1');
  const keepAlive = options.keepAlive ?? 15_000;
  const origins = new Map<string, Origin>();
  const open = new Set<PooledSocket>();
  const queue = fifo<SocketUser>();
  let busy = 0;
  let closed = false;
  let sweeper: NodeJS.Timeout | undefined;
  let lastOrigin: Origin | undefined;
  let secureContext: SecureContext | undefined;

  function originOf({ secure, hostname, port }: TransportRequest): Origin {
    const last = lastOrigin;
    if (last?.hostname === hostname && last.port === port && last.secure === secure) return last;
    const key = `${secure} ${port} ${hostname}`;
    let origin = origins.get(key);
    if (!origin) {
      origin = { secure, hostname, port, idle: [], session: undefined };
      origins.set(key, origin);
      if (origins.size > 100) origins.delete(origins.keys().next().value!);
    }
    lastOrigin = origin;
    return origin;
  }

  function provide(user: SocketUser): void {
    const origin = originOf(user.request);
    let connection = origin.idle.pop();
    while (connection && !fresh(connection)) {
      connection.socket.destroy();
      connection = origin.idle.pop();
    }
    if (connection) {
      connection.socket.ref();
      give(connection, user);
    } else {
      openFor(user, origin);
    }
  }

  function fresh({ socket, idleSince }: PooledSocket): boolean {
    return socket.writable && performance.now() - idleSince < keepAlive;
  }

  function give(connection: PooledSocket, user: SocketUser): void {
    connection.user = user;
    connection.bytesBefore = connection.socket.bytesRead;
    user.connected(connection);
  }

  function openFor(user: SocketUser, origin: Origin): void {
    let socket: Socket;
    try {
      socket = origin.secure ? openTls(origin) : connectTcp(tcpOptions(origin));
    } catch (error) {
      advance(queue.take());
      user.refused(error);
      return;
    }
    const connection: PooledSocket = { socket, origin, user, reused: false, bytesBefore: 0, idleSince: 0 };
    let ready = false;
    let failure: NodeJS.ErrnoException | undefined;
    open.add(connection);
    socket.once(origin.secure ? 'secureConnect' : 'connect', () => {
      ready = true;
      if (connection.user) connection.user.connected(connection);
    });
    // The listeners below stay for the socket's life, so that no error of it is ever uncaught.
    socket.on('error', (error) => {
      failure ??= error;
    });
    socket.on('free', () => release(connection));
    socket.on('timeout', () => connection.user?.idle());
    // Nobody asked: whatever this is, it must not be read as the answer to the next request.
    socket.on('data', () => {
      if (!connection.user) socket.destroy();
    });
    socket.on('close', () => {
      open.delete(connection);
      const at = origin.idle.indexOf(connection);
      if (at >= 0) origin.idle.splice(at, 1);
      if (!ready) origin.session = undefined;
      // The HTTP parser's own listener comes after this one and may still complete the answer.
      process.nextTick(() => {
        const user = detach(connection);
        if (user && ready) user.released(true);
        else user?.refused(connectFailure(user.request, failure));
      });
    });
    user.connecting(connection);
  }

  function openTls(origin: Origin): Socket {
    secureContext ??= createSecureContext(options.ca === undefined ? {} : { ca: Buffer.from(options.ca) });
    const socket = connectTls({
      ...tcpOptions(origin),
      secureContext,
      rejectUnauthorized: options.verify ?? true,
      ALPNProtocols: ['http/1.1'],
      // SNI carries names only; an address is checked against the certificate without it.
      ...(isIP(origin.hostname) === 0 && { servername: origin.hostname }),
      ...(origin.session && { session: origin.session }),
    });
    socket.on('session', (session) => {
      origin.session = session;
    });
    return socket;
  }

  function release(connection: Connection): void {
    const pooled = connection as PooledSocket;
    const { socket, origin, user } = pooled;
    if (!user) return;
    pooled.user = undefined;
    pooled.reused = true;
    user.released(false);
    const next = queue.take();
    const usable = !closed && socket.writable;
    if (usable && next && originOf(next.request) === origin) {
      give(pooled, next);
      return;
    }
    if (usable) park(pooled);
    else socket.destroy();
    advance(next);
  }

  function park(connection: PooledSocket): void {
    connection.socket.unref();
    connection.idleSince = performance.now();
    connection.origin.idle.push(connection);
    sweeper ??= setTimeout(sweep, keepAlive).unref();
  }

  /** Takes the connection from its user and lets the next in line have the place. */
  function detach(connection: PooledSocket): SocketUser | undefined {
    const { user } = connection;
    if (!user) return undefined;
    connection.user = undefined;
    advance(queue.take());
    return user;
  }

  /** Passes a place that has come free on to the next in line. */
  function advance(next: SocketUser | undefined): void {
    if (next) provide(next);
    else busy--;
  }

  /** Drops what has been idle too long. Never keeps the process alive. */
  function sweep(): void {
    sweeper = undefined;
    const before = performance.now() - keepAlive;
    let left = false;
    for (const { user, idleSince, socket } of open) {
      if (user) continue;
      if (idleSince <= before) socket.destroy();
      else left = true;
    }
    if (left) sweeper = setTimeout(sweep, keepAlive / 4).unref();
  }

  return {
    acquire(user) {
      if (closed) throw new TypeError('the client has been closed');
      if (busy < limit) {
        busy++;
        provide(user);
      } else {
        queue.add(user);
        user.queued();
      }
    },
    leave(user) {
      queue.remove(user);
    },
    release,
    destroy(connection, stale) {
      const pooled = connection as PooledSocket;
      if (stale) for (const { socket } of pooled.origin.idle.splice(0)) socket.destroy();
      detach(pooled);
      pooled.socket.destroy();
    },
    unread() {
      const labels: string[] = [];
      let since = 0;
      for (const { user } of open) {
        if (!user) continue;
        if (user.unreadSince === undefined) return undefined;
        since = Math.max(since, user.unreadSince);
        labels.push(user.request.label);
      }
      return { labels, since };
    },
    close() {
      closed = true;
      clearTimeout(sweeper);
      for (const connection of open) if (!connection.user) connection.socket.destroy();
    },
  };
}

function tcpOptions({ hostname, port }: Origin): TcpNetConnectOpts {
  return { host: hostname, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 };
}

/**
 * Failures of the network are `connect` and may pass. What TLS itself refused (a certificate nobody vouches for,
 * a server that does not speak TLS) will not: kind `protocol`.
 */
function connectFailure(
  request: TransportRequest,
  failure: NodeJS.ErrnoException | undefined,
): TransportError {
  const { hostname, port, secure } = request;
  const refused = secure && failure?.code !== undefined && !/^E(?!PROTO$|RR_(TLS|SSL))/.test(failure.code);
  const why = failure ? failure.message || failure.code : 'the connection was closed';
  return new TransportError(
    refused ? 'protocol' : 'connect',
    `cannot ${refused ? 'speak TLS with' : 'connect to'} ${hostname} port ${port}: ${why}`,
    { cause: failure },
  );
}
