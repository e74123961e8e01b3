import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deleteObjects, putObjectAcl, putObjectTagging } from '../../src/operations/index.ts';
import {
  type AnyType,
  attribute,
  boolean,
  element,
  integer,
  list,
  required,
  string,
  struct,
  timestamp,
  wrapped,
} from '../../src/operations/operation.ts';
import { readElements } from '../../src/operations/read-xml.ts';
import { writeXml } from '../../src/operations/write-xml.ts';
import { XmlReader } from '../../src/protocol/xml-reader.ts';
import { isXmlText } from '../../src/protocol/xml-writer.ts';

const Inner = struct({ id: element(string(), 'ID'), size: element(integer) });
const Outer = struct({
  name: element(),
  on: element(boolean),
  made: element(timestamp),
  inner: element(Inner),
  flat: list(Inner, 'Each'),
  texts: list(string(), 'Text'),
  wrapped: wrapped(Inner, 'Member', 'Members'),
});

/** What stands inside the root. */
function written(type: AnyType, value: unknown): string {
  const xml = writeXml('Root', type, value);
  const frame = /^<Root xmlns="http:\/\/s3\.amazonaws\.com\/doc\/2006-03-01\/">(.*)<\/Root>$/s.exec(xml);
  assert.ok(frame, xml);
  return frame[1]!;
}

const cases: [value: unknown, xml: string][] = [
  [{}, ''],
  [{ name: undefined }, ''],
  [{ name: '' }, '<Name></Name>'],
  [{ name: `<a & "b">'` }, '<Name>&lt;a &amp; &quot;b&quot;&gt;&apos;</Name>'],
  [{ on: false }, '<On>false</On>'],
  [{ made: new Date('2026-01-02T03:04:05Z') }, '<Made>2026-01-02T03:04:05.000Z</Made>'],
  [{ inner: { id: 'a', size: 0 } }, '<Inner><ID>a</ID><Size>0</Size></Inner>'],
  [{ inner: {} }, '<Inner></Inner>'],
  [{ flat: [{ id: 'a' }, {}] }, '<Each><ID>a</ID></Each><Each></Each>'],
  [{ flat: [] }, ''],
  [{ texts: ['a', ''] }, '<Text>a</Text><Text></Text>'],
  [{ wrapped: [{ id: 'a' }] }, '<Members><Member><ID>a</ID></Member></Members>'],
  [{ wrapped: [] }, '<Members></Members>'],
  // In the order of the structure, not of the value.
  [{ on: true, name: 'n' }, '<Name>n</Name><On>true</On>'],
];
for (const [value, xml] of cases) {
  test(JSON.stringify(value), () => {
    assert.equal(written(Outer, value).replaceAll('&#39;', '&apos;'), xml);
  });
}

test('attributes', () => {
  const Grantee = struct({ type: required(attribute('xsi:type')), id: element(string(), 'ID') });
  assert.equal(
    written(struct({ grantee: element(Grantee) }), { grantee: { id: 'a', type: 'Canonical"User' } }),
    '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Canonical&quot;User"><ID>a</ID></Grantee>',
  );
});

test('nonsense is refused', () => {
  const Strict = struct({ key: required(element()) });
  for (const [type, value] of [
    [Strict, {}],
    [Strict, { key: undefined }],
    [Strict, { key: 'k', other: 1 }],
    [Strict, { key: 'k', constructor: 1 }],
    [Strict, JSON.parse('{"key":"k","__proto__":{}}')],
    [Strict, { key: '\x00' }],
    [Strict, { key: '\x1f' }],
    [Strict, { key: '\ufffe' }],
    [Strict, { key: '\ud800' }],
  ] as [AnyType, unknown][]) {
    assert.throws(() => writeXml('Root', type, value), TypeError, JSON.stringify(value));
  }
});

const text = fc.string({ unit: fc.constantFrom(...'a<>&\'" \n\r\t]é日😀'), maxLength: 12 }).filter(isXmlText);

test('what is written reads back as it was', () => {
  const inner = fc.record({ id: text, size: fc.nat() }, { noNullPrototype: true });
  const value = fc.record(
    {
      name: text,
      on: fc.boolean(),
      made: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }),
      inner,
      flat: fc.array(inner, { maxLength: 3 }),
      texts: fc.array(text, { maxLength: 3 }),
      wrapped: fc.array(inner, { maxLength: 3 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(value, (given) => {
      const xml = new XmlReader(writeXml('Root', Outer, given));
      assert.equal(xml.root(), 'Root');
      assert.deepEqual(readElements(xml, Outer.fields ?? {}), given);
      xml.end();
    }),
    { numRuns: 200 },
  );
});

test('structures of the API', () => {
  const shape = (operation: { input: object }, member: string): AnyType =>
    (operation.input as Record<string, { type: AnyType }>)[member]!.type;
  assert.equal(
    written(shape(deleteObjects, 'delete'), {
      quiet: true,
      objects: [{ versionId: 'v', key: 'k', size: 1 }],
    }),
    '<Object><Key>k</Key><VersionId>v</VersionId><Size>1</Size></Object><Quiet>true</Quiet>',
  );
  assert.equal(
    written(shape(putObjectTagging, 'tagging'), { tagSet: [{ value: '1', key: 'a' }] }),
    '<TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet>',
  );
  assert.equal(
    written(shape(putObjectAcl, 'accessControlPolicy'), {
      owner: { id: 'me' },
      grants: [{ permission: 'READ', grantee: { type: 'Group', uri: 'http://everyone' } }],
    }),
    '<AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://everyone</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList><Owner><ID>me</ID></Owner>',
  );
});
