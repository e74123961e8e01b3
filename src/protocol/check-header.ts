/**
 * Refuses what no header can carry, what could smuggle in another one, and what servers read differently: a name that
 * is no token ({@link https://www.rfc-editor.org/rfc/rfc9110#section-5.1 RFC 9110}), a value that is not printable
 * ASCII (beyond it, one side signs Latin-1 and the other verifies UTF-8).
 * @throws TypeError without the value, which may be a secret.
 */
export function checkHeader(name: string, value: string): void {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw new TypeError(`Not a header name: ${JSON.stringify(name)}`);
  }
  if (typeof value !== 'string' || /[^\t -~]/.test(value)) {
    throw new TypeError(`Header ${name} must be a string of printable ASCII; other text has to be encoded.`);
  }
}
