import type { BodyInput } from '../http/body.ts';

/**
 * One S3 call as data. A single entry is the source of both the wire form (which header, query parameter or XML
 * element a member is, and how its value is written) and the TypeScript types of input and output.
 */
export interface Operation<I extends Members = Members, O extends Members = Members> {
  /** S3's own name: `GetObject`. */
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** What the path names: nothing, a bucket, or a bucket and a key. */
  readonly scope: 'service' | 'bucket' | 'object';
  /** The fixed query parameter that selects the operation: `uploads`, or `list-type=2`. */
  readonly query?: string;
  readonly input: I;
  readonly output: O;
  /** Root element of the answer; another root is an error. */
  readonly root?: string;
  /** S3 demands a digest of the body (Content-MD5 or `x-amz-checksum-*`). */
  readonly digest?: true;
  /** A 2xx may carry an `<Error>` document. */
  readonly errorInside200?: true;
  /** Repeating it after a lost answer may do harm or give a wrong answer. */
  readonly unsafeToRepeat?: true;
}

export type Members = Readonly<Record<string, AnyField>>;

/**
 * Where a value is written. `element` is a child of the root of an XML answer, `root` the text of that root, `xml` a
 * whole XML body.
 */
export type Place =
  | 'header'
  | 'amz'
  | 'headers'
  | 'query'
  | 'status'
  | 'element'
  | 'attribute'
  | 'xml'
  | 'root'
  | 'text'
  | 'stream';

declare const phantom: unique symbol;

/** How values of a member or element are written (`I`) and read (`O`). */
export interface Type<I, O = I> {
  readonly [phantom]?: (value: I) => O;
  /** A scalar: text to value and back. */
  readonly parse?: (text: string) => unknown;
  readonly format?: (value: never) => string;
  /** A structure: its elements by member name. */
  readonly fields?: Members;
  /** A list of these, each one an element of its own, or inside one element when `wrapper` names the inner ones. */
  readonly item?: AnyType;
  readonly wrapper?: string;
}

/** A member of an operation or of a structure. The flags say whether it must be given and is always there. */
export interface Field<I, O, Given extends boolean, Present extends boolean> {
  readonly [phantom]?: { input: I; output: O; given: Given; present: Present };
  readonly place: Place;
  /** Name of the header, query parameter or element; undefined where it follows from the member's (`wireName`). */
  readonly wire: string | undefined;
  readonly type: AnyType;
  readonly required?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the widest type there is
export type AnyType = Type<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: the widest field there is
export type AnyField = Field<any, any, boolean, boolean>;

type Simplify<T> = { [K in keyof T]: T[K] } & {};

type InputMembers<M extends Members> = Simplify<
  {
    [K in keyof M as M[K] extends Field<infer _I, infer _O, true, boolean> ? K : never]: InputValue<M[K]>;
  } & {
    [K in keyof M as M[K] extends Field<infer _I, infer _O, true, boolean> ? never : K]?:
      | InputValue<M[K]>
      | undefined;
  }
>;
type OutputMembers<M extends Members> = Simplify<
  {
    [K in keyof M as M[K] extends Field<infer _I, infer _O, boolean, true> ? K : never]: OutputValue<M[K]>;
  } & {
    [K in keyof M as M[K] extends Field<infer _I, infer _O, boolean, true> ? never : K]?: OutputValue<M[K]>;
  }
>;
type InputValue<F> = F extends Field<infer I, infer _O, boolean, boolean> ? I : never;
type OutputValue<F> = F extends Field<infer _I, infer O, boolean, boolean> ? O : never;

type Target<S> = S extends 'object'
  ? { bucket?: string | undefined; key: string }
  : S extends 'bucket'
    ? { bucket?: string | undefined }
    : unknown;

/** What an operation takes. `bucket` may be left to the connection's default bucket. */
export type InputOf<O extends Operation> = Simplify<Target<O['scope']> & InputMembers<O['input']>>;
/** What an operation gives. */
export type OutputOf<O extends Operation> = OutputMembers<O['output']>;

/** Text of which these values are documented; others pass too, as servers add their own. */
export type Open<T extends string> = string extends T ? string : T | (string & {});

/* @__NO_SIDE_EFFECTS__ */
export function operation<const D extends Operation>(definition: D): D {
  return definition;
}

const text: Type<string> = {};
export const integer: Type<number> = { parse: Number, format: String };
export const boolean: Type<boolean> = { parse: (value) => value === 'true', format: String };
/** ISO 8601 in XML and query parameters. */
export const timestamp: Type<Date> = {
  parse: (value) => new Date(value),
  format: (value: Date) => value.toISOString(),
};
/** RFC 7231 in headers. */
export const httpDate: Type<Date> = {
  parse: (value) => new Date(value),
  format: (value: Date) => value.toUTCString(),
};

/* @__NO_SIDE_EFFECTS__ */
export function string<T extends string = string>(): Type<Open<T>> {
  return text as AnyType;
}

type Optional<I, O> = Field<I, O, false, false>;
type Text<T extends string> = Optional<Open<T>, Open<T>>;

/** A header named as the member (`ifMatch`: `if-match`). Text, unless another type is given. */
export function header<T extends string = string>(): Text<NoInfer<T>>;
export function header<I, O>(type: Type<I, O>, wire?: string): Optional<I, O>;
/* @__NO_SIDE_EFFECTS__ */
export function header(type = text, wire?: string): AnyField {
  return { place: 'header', wire, type };
}

/** A header of S3's own, named as the member (`storageClass`: `x-amz-storage-class`). */
export function amz<T extends string = string>(): Text<NoInfer<T>>;
export function amz<I, O>(type: Type<I, O>): Optional<I, O>;
/* @__NO_SIDE_EFFECTS__ */
export function amz(type = text): AnyField {
  return { place: 'amz', wire: undefined, type };
}

/** All headers of a prefix as a map by the rest of their names. */
/* @__NO_SIDE_EFFECTS__ */
export function headers(
  prefix: string,
): Field<Readonly<Record<string, string>>, Record<string, string>, false, true> {
  return { place: 'headers', wire: prefix, type: text };
}

/** A query parameter named as the member (`encodingType`: `encoding-type`). */
export function query<T extends string = string>(): Text<NoInfer<T>>;
export function query<I, O>(type: Type<I, O>, wire?: string): Optional<I, O>;
/* @__NO_SIDE_EFFECTS__ */
export function query(type = text, wire?: string): AnyField {
  return { place: 'query', wire, type };
}

/** A child element named as the member with a capital (`storageClass`: `StorageClass`). */
export function element<T extends string = string>(): Text<NoInfer<T>>;
export function element<I, O>(type: Type<I, O>, wire?: string): Optional<I, O>;
/* @__NO_SIDE_EFFECTS__ */
export function element(type = text, wire?: string): AnyField {
  return { place: 'element', wire, type };
}

/* @__NO_SIDE_EFFECTS__ */
export function attribute<T extends string = string>(wire: string): Text<NoInfer<T>> {
  return { place: 'attribute', wire, type: text };
}

/** A repeated element, always a list when read. */
/* @__NO_SIDE_EFFECTS__ */
export function list<I, O>(item: Type<I, O>, wire?: string): Field<readonly I[], O[], false, true> {
  return { place: 'element', wire, type: { item } };
}

/** An element that holds the list's elements, each named `inner`. */
/* @__NO_SIDE_EFFECTS__ */
export function wrapped<I, O>(
  item: Type<I, O>,
  inner: string,
  wire?: string,
): Field<readonly I[], O[], false, true> {
  return { place: 'element', wire, type: { item, wrapper: inner } };
}

/* @__NO_SIDE_EFFECTS__ */
export function struct<const M extends Members>(fields: M): Type<InputMembers<M>, OutputMembers<M>> {
  return { fields };
}

/** A whole XML body with this root element. */
/* @__NO_SIDE_EFFECTS__ */
export function xml<I, O>(root: string, type: Type<I, O>): Optional<I, O> {
  return { place: 'xml', wire: root, type };
}

/** A body that is text, such as a bucket policy. */
export const textBody: Optional<string, string> = { place: 'text', wire: undefined, type: text };

/** A body of bytes: anything `BodyInput` allows when sent, a stream when read. */
export const stream: Field<BodyInput, AsyncIterable<Uint8Array>, false, true> = {
  place: 'stream',
  wire: undefined,
  type: text,
};

/** A list in one header, joined by commas. */
/* @__NO_SIDE_EFFECTS__ */
export function commaSeparated<T extends string>(): Type<readonly Open<T>[], Open<T>[]> {
  return commas as AnyType;
}

const commas = {
  parse: (value: string) => value.split(/ *, */),
  format: (value: readonly string[]) => value.join(','),
};

/** An answer whose root element holds nothing but this text. */
/* @__NO_SIDE_EFFECTS__ */
export function rootText<I, O>(type: Type<I, O>): Optional<I, O> {
  return { place: 'root', wire: undefined, type };
}

/** The status of the answer. */
export const status: Field<never, number, false, true> = { place: 'status', wire: undefined, type: text };

/** A scalar as it is written in a header, a query parameter or an element. */
export function formatScalar(type: AnyType, value: unknown): string {
  return type.format ? type.format(value as never) : (value as string);
}

/** What a member is called on the wire. */
export function wireName(member: string, { place, wire }: AnyField): string {
  if (wire !== undefined) return wire;
  if (place === 'element') return member.charAt(0).toUpperCase() + member.slice(1);
  const name = member.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
  return place === 'amz' ? `x-amz-${name}` : name;
}

/* @__NO_SIDE_EFFECTS__ */
export function required<I, O, P extends boolean>(field: Field<I, O, boolean, P>): Field<I, O, true, P> {
  return { ...field, required: true } as Field<I, O, true, P>;
}
