/** A running S3 endpoint: all that a client needs to use it, as plain data. */
export interface S3ServerSettings {
  /** What runs there, with its major version where it has one: `ceph-16`, `swift-2`, `minio`, `embedded`. */
  readonly name: string;
  /** URL for path-style requests over HTTP. */
  readonly endpoint: string;
  /** URL for path-style requests over HTTPS, and the file with the certificate that vouches for it. */
  readonly tlsEndpoint?: string;
  readonly caFile?: string;
  /**
   * URL whose host takes a bucket in front of it. Plain Debian resolves no name under `.localhost`: connect to
   * 127.0.0.1.
   */
  readonly vhostEndpoint?: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** A second user, who owns nothing. */
  readonly altAccessKey?: string;
  readonly altSecretKey?: string;
}

export interface S3Server extends S3ServerSettings {
  /** Ends the daemons and removes all they wrote. */
  stop(): Promise<void>;
}
