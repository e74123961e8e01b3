import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as operations from '../../src/operations/index.ts';
import {
  type AnyField,
  type AnyType,
  boolean,
  httpDate,
  integer,
  type Members,
  type Operation,
  string,
  timestamp,
  wireName,
} from '../../src/operations/operation.ts';

/** The S3 API as data, where it lies beside the project. */
const file = new URL('../../../shared/protocol/operations.json', import.meta.url);
const skip = existsSync(file) ? false : 'the protocol facts are not beside the project';

interface FactMember {
  in?: string;
  wire?: string;
  xml?: string;
  type: string;
  list?: 'csv' | 'flat' | 'wrapped';
  item?: string;
  req?: boolean;
  attr?: boolean;
}

interface FactBody {
  kind: 'xml' | 'blob' | 'text';
  root?: string;
  inline?: boolean;
  unwrapped?: boolean;
}

interface FactOperation {
  method: string;
  scope: string;
  query?: [string, string | null][];
  in: Record<string, FactMember>;
  out: Record<string, FactMember>;
  body: FactBody | null;
  outBody: FactBody | null;
  checksum?: { required?: boolean };
  errorInside200?: 'body' | 'per-key';
}

interface Facts {
  operations: Record<string, FactOperation>;
  shapes: Record<string, { fields: Record<string, FactMember> }>;
}

const facts: Facts | undefined = skip ? undefined : JSON.parse(readFileSync(file, 'utf8'));

/** Camel case, acronyms as words: `SSEKMSKeyId` is `sseKmsKeyId`, `ChecksumCRC32C` is `checksumCrc32c`. */
function memberName(name: string): string {
  const words = name
    .replace('ETag', 'Etag')
    .replace('SSE', 'Sse')
    .replace(/[A-Z][A-Z0-9]+(?![a-z])/g, (word) => word.charAt(0) + word.slice(1).toLowerCase());
  return words.charAt(0).toLowerCase() + words.slice(1);
}

test('memberName', () => {
  for (const [name, member] of [
    ['ETag', 'etag'],
    ['ACL', 'acl'],
    ['ID', 'id'],
    ['IfMatch', 'ifMatch'],
    ['SSEKMSKeyId', 'sseKmsKeyId'],
    ['SSECustomerKeyMD5', 'sseCustomerKeyMd5'],
    ['CopySourceSSECustomerKey', 'copySourceSseCustomerKey'],
    ['ChecksumCRC32C', 'checksumCrc32c'],
    ['ChecksumCRC64NVME', 'checksumCrc64nvme'],
    ['GrantReadACP', 'grantReadAcp'],
  ] as const) {
    assert.equal(memberName(name), member);
  }
});

/** Operations that may do harm, or answer wrongly, when repeated after a lost answer. */
const unsafeToRepeat = ['CompleteMultipartUpload'];

const exported: readonly Operation[] = Object.values(operations);

test('operations are exported by their names', () => {
  for (const [name, { name: own }] of Object.entries(operations)) {
    assert.equal(name, own.charAt(0).toLowerCase() + own.slice(1));
  }
  assert.ok(exported.length >= 20);
});

test('operations that are unsafe to repeat', () => {
  assert.deepEqual(
    exported.filter((operation) => operation.unsafeToRepeat).map(({ name }) => name),
    unsafeToRepeat,
  );
});

for (const operation of exported) {
  test(`${operation.name} is as documented`, { skip }, () => {
    const fact = facts?.operations[operation.name];
    assert.ok(fact);
    assert.deepEqual(
      {
        method: operation.method,
        scope: operation.scope,
        query: operation.query,
        root: operation.root,
        digest: operation.digest ?? false,
        errorInside200: operation.errorInside200 ?? false,
      },
      {
        method: fact.method,
        scope: fact.scope,
        query: fact.query?.map(([name, value]) => (value === null ? name : `${name}=${value}`)).join('&'),
        root: fact.outBody?.root,
        digest: fact.checksum?.required ?? false,
        errorInside200: fact.errorInside200 === 'body',
      },
    );
    assert.deepEqual(described(operation.input), documented(fact.in, fact.body));
    assert.deepEqual(described(operation.output), documented(fact.out, fact.outBody));
  });
}

/** A member in words that both sides can be put in. */
interface Description {
  place: string;
  wire: string | undefined;
  type: unknown;
  required: boolean;
}

function described(members: Members): Record<string, Description> {
  return Object.fromEntries(
    Object.entries(members).map(([name, field]) => [name, describedField(name, field)]),
  );
}

function describedField(name: string, field: AnyField): Description {
  const { place, type, required = false } = field;
  const named = !/^(status|stream|text|root)$/.test(place);
  return {
    place: place === 'amz' ? 'header' : place,
    wire: named ? wireName(name, field) : undefined,
    type: describedType(type),
    required,
  };
}

function describedType(type: AnyType): unknown {
  if (type.item) return { list: type.wrapper ?? 'flat', of: describedType(type.item) };
  // In the order they are written in.
  if (type.fields) return Object.entries(described(type.fields));
  if (type === integer) return 'integer';
  if (type === boolean) return 'boolean';
  if (type === timestamp) return 'iso8601';
  if (type === httpDate) return 'rfc822';
  return type === string() ? 'string' : 'csv';
}

function documented(members: Record<string, FactMember>, body: FactBody | null): Record<string, Description> {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([, member]) => member.in !== 'path')
      .map(([name, member]) => [memberName(name), documentedMember(member, body)]),
  );
}

function documentedMember(member: FactMember, body: FactBody | null): Description {
  const { req: required = false, wire } = member;
  const type = documentedType(member);
  if (member.in === 'payload' && body?.kind === 'xml')
    return { place: 'xml', wire: body.root, type, required };
  if (member.in === 'payload') {
    return { place: body?.kind === 'text' ? 'text' : 'stream', wire: undefined, type: 'string', required };
  }
  if (member.in === 'status') return { place: 'status', wire: undefined, type: 'string', required };
  if (member.in === 'headerPrefix') return { place: 'headers', wire, type: 'string', required };
  if (member.in === 'header') return { place: 'header', wire: wire?.toLowerCase(), type, required };
  if (member.in === 'query') return { place: 'query', wire, type, required };
  if (body?.unwrapped) return { place: 'root', wire: undefined, type, required };
  return { place: member.attr ? 'attribute' : 'element', wire: member.xml, type, required };
}

function documentedType({ type, list, item }: FactMember): unknown {
  if (list === 'csv') return 'csv';
  if (list) return { list: list === 'wrapped' ? item : 'flat', of: documentedType({ type }) };
  if (type.startsWith('struct:')) {
    const shape = facts?.shapes[type.slice(7)];
    assert.ok(shape, type);
    return Object.entries(documented(shape.fields, null));
  }
  return scalars[type.replace(/^enum:.*/, 'string')] ?? `unknown: ${type}`;
}

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  int: 'integer',
  long: 'integer',
  bool: 'boolean',
  'ts:rfc822': 'rfc822',
  'ts:iso8601': 'iso8601',
};
