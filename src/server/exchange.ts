/**
 * One HTTP exchange as the server's core sees it, whichever road it came by: a socket (`listen.ts`) or a web
 * `Request` (`create-server.ts`).
 */
export interface ServerRequest {
  readonly method: string;
  /** As on the wire: percent-encoded, nothing normalised. */
  readonly rawPath: string;
  /** As on the wire, without `?`. */
  readonly rawQuery: string;
  /** Lower-case names, repeated ones joined with `,`; values are Latin-1 text as it came. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly secure: boolean;
  /** There may be a body, and no header says how long it is. */
  readonly lengthUnknown: boolean;
  /**
   * `undefined` when there is none. Read at most once, and only when wanted: a client that sent
   * `Expect: 100-continue` is told to go on then.
   */
  readonly body: AsyncIterable<Uint8Array> | undefined;
}

export interface ServerResponse {
  readonly status: number;
  /** Lower-case names. `content-length` is among them when the body is a stream, or missing because of a HEAD. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array> | undefined;
}

export type Handler = (request: ServerRequest) => Promise<ServerResponse>;
