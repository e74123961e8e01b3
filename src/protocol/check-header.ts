/**
 * Refuses what no header can carry, or what could smuggle in another one: a name that is no token, a value with
 * CR, LF, NUL or characters above U+00FF ({@link https://www.rfc-editor.org/rfc/rfc9110#section-5.5 RFC 9110}).
 * @throws TypeError without the value, which may be a secret.
 */
export function checkHeader(name: string, value: string): void {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw new TypeError(`Not a header name: ${JSON.stringify(name)}`);
  }
  if (typeof value !== 'string' || /[\r\n\0\u0100-\uffff]/.test(value)) {
    throw new TypeError(
      `Header ${name} must be a string without line breaks, NUL or characters above U+00FF.`,
    );
  }
}
