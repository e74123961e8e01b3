/**
 * A strict cursor over S3's XML, which comes from servers that may be hostile. It knows elements, attributes, text,
 * CDATA, the five entities and numeric references, passes over comments and processing instructions, refuses
 * everything else (document types above all), and needs time linear in the text. Prefixes of names are dropped; which
 * namespace they mean is not looked at. See {@link https://www.w3.org/TR/xml/}.
 *
 * The current element is the one entered last and not yet left. Every method throws `XmlError` where the document is
 * not well-formed or not of the shape asked for.
 */
export class XmlReader {
  readonly #source: string;
  #position = 0;
  /** Names of the open elements as they are written, prefix and all. */
  readonly #open: string[] = [];
  /** The element just entered has no end tag: `<Owner/>`. */
  #selfClosed = false;
  /** Those of the element entered last, by their names as written. */
  readonly #attributes = new Map<string, string>();
  /** The name read last has a prefix. */
  #prefixed = false;
  /** The next `&`, so that text without any is not searched twice. */
  #ampersand = -1;

  constructor(source: string) {
    this.#source = source;
  }

  /** Enters the root element, to begin with, and gives its local name. */
  root(): string {
    if (this.#source.charCodeAt(0) === 0xfeff) this.#position++;
    this.#skipMisc();
    return this.#startTag();
  }

  /**
   * Enters the next element in the current one and gives its local name. Gives undefined and leaves the current
   * element when there is no other.
   */
  child(): string | undefined {
    if (this.#leaveEmpty()) return undefined;
    this.#skipMisc();
    if (this.#char() !== LESS || this.#char(1) !== SLASH) return this.#startTag();
    this.#endTag();
    return undefined;
  }

  /** The text of the current element, which must hold no elements. Leaves it. */
  text(): string {
    let value = '';
    if (this.#leaveEmpty()) return value;
    for (;;) {
      const start = this.#position;
      this.#seek('<', 0);
      if (this.#ampersand < start) this.#ampersand = this.#source.indexOf('&', start) >>> 0;
      const run = this.#source.slice(start, this.#position);
      value += this.#ampersand < this.#position ? this.#decode(run) : run;
      if (this.#char(1) === SLASH) {
        this.#endTag();
        return value;
      }
      if (this.#atCdata()) {
        const begin = this.#position + 9;
        this.#seek(']]>', 9);
        value += this.#source.slice(begin, this.#position);
        this.#position += 3;
      } else if (!this.#skipNote()) this.#fail('an element in text');
    }
  }

  /** Leaves the current element, whatever it holds. */
  skip(): void {
    const depth = this.#open.length;
    do {
      if (this.#leaveEmpty()) continue;
      this.#seek('<', 0);
      if (this.#char(1) === SLASH) this.#endTag();
      else if (this.#atCdata()) this.#seek(']]>', 9);
      else if (!this.#skipNote()) this.#startTag();
    } while (this.#open.length >= depth);
  }

  /** An attribute of the element entered last, with or without the prefix of its name. */
  attribute(name: string): string | undefined {
    for (const [written, value] of this.#attributes) {
      if (localName(written) === localName(name)) return value;
    }
    return undefined;
  }

  /** Makes sure that the root has been left and nothing comes after it. */
  end(): void {
    if (this.#open.length) this.#fail('elements are open');
    this.#skipMisc();
    if (this.#position < this.#source.length) this.#fail('something after the end');
  }

  #fail(reason: string): never {
    throw new XmlError(reason, this.#position);
  }

  #char(offset = 0): number {
    return this.#source.charCodeAt(this.#position + offset);
  }

  #expect(char: number, reason: string): void {
    if (this.#char() !== char) this.#fail(reason);
    this.#position++;
  }

  /** Moves to the next `mark`, not counting the first characters. */
  #seek(mark: string, offset: number): void {
    const at = this.#source.indexOf(mark, this.#position + offset);
    if (at < 0) this.#fail(`no ${mark}`);
    this.#position = at;
  }

  #skipSpace(): void {
    for (;;) {
      const char = this.#char();
      if (char !== 32 && char !== 10 && char !== 13 && char !== 9) return;
      this.#position++;
    }
  }

  /** Moves past white space, comments and processing instructions. */
  #skipMisc(): void {
    do this.#skipSpace();
    while (this.#char() === LESS && this.#skipNote());
  }

  /** Moves past the comment or processing instruction that begins here, if one does. */
  #skipNote(): boolean {
    if (this.#char(1) === QUESTION) this.#skipPast('?>', 2);
    else if (this.#source.startsWith('<!--', this.#position)) this.#skipPast('-->', 4);
    else return false;
    return true;
  }

  #skipPast(mark: string, offset: number): void {
    this.#seek(mark, offset);
    this.#position += mark.length;
  }

  #atCdata(): boolean {
    return this.#source.startsWith('<![CDATA[', this.#position);
  }

  #startTag(): string {
    this.#expect(LESS, 'an element is due');
    if (this.#open.length === 64) this.#fail('too deep');
    const name = this.#name();
    const local = this.#prefixed ? localName(name) : name;
    if (this.#attributes.size) this.#attributes.clear();
    for (;;) {
      const before = this.#position;
      this.#skipSpace();
      if (this.#char() === GREATER) break;
      if (this.#char() === SLASH) {
        this.#position++;
        this.#selfClosed = true;
        break;
      }
      if (this.#position === before) this.#fail('bad tag');
      this.#attribute();
    }
    this.#expect(GREATER, '> is due');
    this.#open.push(name);
    return local;
  }

  #name(): string {
    const start = this.#position;
    let char = this.#char();
    // A name starts with no digit, point, hyphen or colon.
    if (char <= COLON) this.#fail('a name is due');
    this.#prefixed = false;
    while (
      (char >= 97 && char <= 122) ||
      (char >= 65 && char <= 90) ||
      (char >= 48 && char <= COLON) ||
      char === 45 ||
      char === 46 ||
      char === 95 ||
      char > 127
    ) {
      char = this.#source.charCodeAt(++this.#position);
      if (char === COLON) this.#prefixed = true;
    }
    if (this.#position === start || this.#char(-1) === COLON) this.#fail('a name is due');
    return this.#source.slice(start, this.#position);
  }

  #attribute(): void {
    const name = this.#name();
    if (this.#attributes.has(name)) this.#fail('an attribute comes twice');
    this.#skipSpace();
    this.#expect(EQUALS, '= is due');
    this.#skipSpace();
    const quote = this.#source[this.#position];
    if (quote !== '"' && quote !== "'") this.#fail('a quote is due');
    const start = this.#position + 1;
    this.#skipPast(quote, 1);
    const value = this.#source.slice(start, this.#position - 1);
    if (value.includes('<')) this.#fail('< in an attribute');
    this.#attributes.set(name, this.#decode(value));
  }

  #endTag(): void {
    const name = this.#open[this.#open.length - 1]!;
    if (!this.#source.startsWith(name, this.#position + 2)) this.#fail('another end tag is due');
    this.#position += 2 + name.length;
    this.#skipSpace();
    this.#expect(GREATER, 'another end tag is due');
    this.#open.pop();
  }

  /** Leaves the current element if it has no content at all. */
  #leaveEmpty(): boolean {
    if (!this.#open.length) this.#fail('no element is open');
    if (!this.#selfClosed) return false;
    this.#selfClosed = false;
    this.#open.pop();
    return true;
  }

  #decode(raw: string): string {
    let value = '';
    let start = 0;
    for (;;) {
      const at = raw.indexOf('&', start);
      if (at < 0) return value + raw.slice(start);
      const end = raw.indexOf(';', at);
      const char = end < 0 ? undefined : entity(raw.slice(at + 1, end));
      if (char === undefined) this.#fail('unknown entity');
      value += raw.slice(start, at) + char;
      start = end + 1;
    }
  }
}

/** Text that is not the XML it should be. */
export class XmlError extends Error {
  override readonly name: string = 'XmlError';
  /** Where in the text, in UTF-16 units from 0, when it is one place. */
  readonly position: number | undefined;

  constructor(reason: string, position?: number) {
    super(position === undefined ? reason : `Bad XML at ${position}: ${reason}`);
    this.position = position;
  }
}

const SLASH = 47;
const COLON = 58;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

/** What a reference between `&` and `;` stands for. Control characters are let through: servers send them in keys. */
function entity(name: string): string | undefined {
  switch (name) {
    case 'quot':
      return '"';
    case 'amp':
      return '&';
    case 'lt':
      return '<';
    case 'gt':
      return '>';
    case 'apos':
      return "'";
  }
  const code = /^#(\d{1,7}|x[\da-fA-F]{1,6})$/.test(name) ? Number(`0${name.slice(1)}`) : -1;
  return code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)
    ? undefined
    : String.fromCodePoint(code);
}
