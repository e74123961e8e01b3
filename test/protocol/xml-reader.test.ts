import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { XmlError, XmlReader } from '../../src/protocol/xml-reader.ts';
import { escapeXml } from '../../src/protocol/xml-writer.ts';

/** A document as `[name, text | children]`, to look at what the cursor saw. */
type Tree = [name: string, content: string | Tree[]];

/** Elements whose name begins with a capital hold elements, others text. */
function readTree(xml: XmlReader, name: string): Tree {
  if (/^[^A-Z]/.test(name)) return [name, xml.text()];
  const children: Tree[] = [];
  for (let child = xml.child(); child !== undefined; child = xml.child()) children.push(readTree(xml, child));
  return [name, children];
}

function read(source: string): Tree {
  const xml = new XmlReader(source);
  const tree = readTree(xml, xml.root());
  xml.end();
  return tree;
}

function skip(source: string): void {
  const xml = new XmlReader(source);
  xml.root();
  xml.skip();
  xml.end();
}

for (const [what, source, tree] of [
  ['an element', '<A><b>c</b></A>', ['A', [['b', 'c']]]],
  ['only text', '<a>b</a>', ['a', 'b']],
  [
    'empty elements',
    '<A><b/><c></c><D/><D ></D ></A>',
    [
      'A',
      [
        ['b', ''],
        ['c', ''],
        ['D', []],
        ['D', []],
      ],
    ],
  ],
  ['an empty root', '<A/>', ['A', []]],
  ['a declaration', '<?xml version="1.0" encoding="UTF-8"?>\n<A></A>\n', ['A', []]],
  ['a declaration after keep-alive white space', " \r\n\t<?xml version='1.0'?>\n<A/>", ['A', []]],
  ['a byte order mark', '\ufeff<A/>', ['A', []]],
  ['white space between elements', '<A>\n  <b>\n c </b>\n</A>', ['A', [['b', '\n c ']]]],
  ['white space in tags', '<A\n><b\t>c</b\r\n></A >', ['A', [['b', 'c']]]],
  ['prefixes', '<s3:A xmlns:s3="u"><s3:b>c</s3:b></s3:A>', ['A', [['b', 'c']]]],
  ['the five entities', '<a>&lt;&gt;&amp;&quot;&apos;</a>', ['a', '<>&"\'']],
  ['numeric references', '<a>&#65;&#x42;&#x1F600;&#0;&#1;&#xD;</a>', ['a', 'AB\u{1f600}\0\x01\r']],
  ['an entity is decoded once', '<a>&amp;lt;&amp;amp;lt;</a>', ['a', '&lt;&amp;lt;']],
  ['line breaks are kept as they came', '<a>\r\n\r</a>', ['a', '\r\n\r']],
  ['CDATA', '<a>x<![CDATA[<b>&amp;]]]]><![CDATA[>]]>y&lt;</a>', ['a', 'x<b>&amp;]]>y<']],
  ['comments', '<!-- a --><A><!--<b>--><c>x<!-- & -->y</c><!----></A><!-- > -->', ['A', [['c', 'xy']]]],
  ['processing instructions', '<?a?><A><?b <c> ?><d>x<?e?>y</d></A><?f?>', ['A', [['d', 'xy']]]],
  ['> in text and attributes', '<A b=">" c=\'"\'><d>></d></A>', ['A', [['d', '>']]]],
  ['an attribute whose value names another', '<A b="c" c="b"></A>', ['A', []]],
  [
    'names objects have anyway',
    '<A><__proto__>x</__proto__><constructor/></A>',
    [
      'A',
      [
        ['__proto__', 'x'],
        ['constructor', ''],
      ],
    ],
  ],
  ['non-ASCII', '<A><ключ>é\u{1f600}</ключ></A>', ['A', [['ключ', 'é\u{1f600}']]]],
  ['64 deep', `${'<A>'.repeat(64)}${'</A>'.repeat(64)}`, undefined],
] as [string, string, Tree | undefined][]) {
  test(`reads ${what}`, () => {
    const seen = read(source);
    if (tree) assert.deepEqual(seen, tree);
    skip(source);
  });
}

for (const source of [
  '',
  ' ',
  'text',
  '{"a":1}',
  '<',
  '<>',
  '< A/>',
  '<A',
  '<A>',
  '<A/',
  '<A/ >',
  '<A></A',
  '<A></B>',
  '<A></AB>',
  '<AB></A>',
  '<A></ A>',
  '<A></A/>',
  '<A></a>',
  '<p:A></A>',
  '<A><b>c</A></b>',
  '<A><b>c</b>',
  '<A><b>c',
  '<A/><A/>',
  '<A/>text',
  '<A/>\0',
  '<A/></A>',
  '<A/><!-- ',
  'x<A/>',
  '<A>text</A>',
  '<A><b/>text</A>',
  '<A><![CDATA[text]]></A>',
  '<a>x<b/></a>',
  '<a><b>x</b></a>',
  '<a><![CDATA[x</a>',
  '<a><!-- x</a>',
  '<a><? x</a>',
  '<a><!b></a>',
  '<!DOCTYPE html><html></html>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  '<a>&b;</a>',
  '<a>&amp</a>',
  '<a>&ampx</a>',
  '<a>& </a>',
  '<a>&</a>;',
  '<a>&;</a>',
  '<a>&#;</a>',
  '<a>&#x;</a>',
  '<a>&#X41;</a>',
  '<a>&#1e3;</a>',
  '<a>&#-1;</a>',
  '<a>&#xD800;</a>',
  '<a>&#x110000;</a>',
  '<a>&#99999999;</a>',
  '<a>&AMP;</a>',
  '<a>&toString;</a>',
  '<1a/>',
  '<-a/>',
  '<:a/>',
  '<a:/>',
  '<A b/>',
  '<A b=c/>',
  '<A b="c/>',
  '<A b="c\'/>',
  '<A b="<"/>',
  '<A b="&c;"/>',
  '<A b="c"d="e"/>',
  '<A b="c" b="d"/>',
  '<A "b"/>',
  '<A / >',
  '<A<B/>',
  '<A></A b="c">',
  '%PDF-1.4',
  `${'<A>'.repeat(65)}${'</A>'.repeat(65)}`,
]) {
  test(`refuses ${JSON.stringify(source.slice(0, 50))}`, () => {
    assert.throws(() => read(source), XmlError);
  });
}

test('attributes belong to the element entered last, whatever their prefix', () => {
  const xml = new XmlReader(
    '<A><Grantee xmlns:xsi="u" xsi:type="Canonical&amp;User"><ID>1</ID></Grantee><Grantee x:type=\'Group\'/><B/></A>',
  );
  xml.root();
  xml.child();
  assert.equal(xml.attribute('xsi:type'), 'Canonical&User');
  assert.equal(xml.attribute('type'), 'Canonical&User');
  assert.equal(xml.attribute('none'), undefined);
  xml.skip();
  xml.child();
  assert.equal(xml.attribute('xsi:type'), 'Group');
  xml.skip();
  xml.child();
  assert.equal(xml.attribute('xsi:type'), undefined);
});

test('skipping leaves one element, and nothing follows the root', () => {
  const xml = new XmlReader('<A><b>1<c>2</c><![CDATA[</b>]]><!--</b>--></b><d>3</d><e/></A>');
  xml.root();
  assert.equal(xml.child(), 'b');
  xml.skip();
  assert.equal(xml.child(), 'd');
  assert.equal(xml.text(), '3');
  assert.equal(xml.child(), 'e');
  xml.skip();
  assert.equal(xml.child(), undefined);
  xml.end();
  for (const method of ['child', 'text', 'skip'] as const) assert.throws(() => xml[method](), XmlError);
  const early = new XmlReader('<A></A>');
  early.root();
  assert.throws(() => early.end(), XmlError);
});

test('an error says where and why, and shows nothing of the document', () => {
  assert.throws(() => read('<A><b>secret</c></A>'), {
    name: 'XmlError',
    position: 12,
    message: 'Bad XML at 12: another end tag is due',
  });
});

const name = fc.constantFrom('A', 'Contents', 'p:B', '__proto__', 'key', 'size', 'é', 'x-1.2_');
const content = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map((text) => text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, ''));
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(
      name.map((each) => `t${each.replace(':', '')}`),
      content,
    ),
    fc.tuple(
      name.map((each) => `T${each.replace(':', '')}`),
      fc.array(tie('tree'), { maxLength: 4 }),
    ),
  ) as fc.Arbitrary<Tree>,
}));

function write([name, content]: Tree): string {
  return `<${name}>${typeof content === 'string' ? escapeXml(content) : content.map(write).join('')}</${name}>`;
}

test('what is written is read back', () => {
  fc.assert(fc.property(tree, (tree) => assert.deepEqual(read(write(tree)), tree)));
});

/** Runs to the end or to an XmlError; anything else fails the test. */
function survive(source: string): void {
  for (const run of [read, skip]) {
    try {
      run(source);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
    }
  }
}

test('random text and damaged documents give a result or an XmlError', () => {
  const markup = fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '/',
      '!',
      '?',
      '-',
      '[',
      ']',
      'CDATA',
      '&',
      ';',
      '#',
      'x',
      '1',
      '"',
      "'",
      '=',
      ' ',
      ':',
      'A',
      'b',
      'é',
      '\ud800',
    ),
    maxLength: 40,
  });
  fc.assert(fc.property(markup, survive), { numRuns: 1000 });
  fc.assert(
    fc.property(tree, fc.nat(), fc.nat(5), markup, (tree, at, cut, put) => {
      const source = write(tree);
      const start = at % (source.length + 1);
      survive(source.slice(0, start) + put + source.slice(start + cut));
      survive(source.slice(0, start));
    }),
    { numRuns: 300 },
  );
});

test('a document cut off anywhere is an error', () => {
  const source = '<?xml version="1.0"?><A x="1"><b>1&amp;2</b><!-- c --><D/><e><![CDATA[f]]></e></A>';
  read(source);
  for (let length = 0; length < source.length; length++) {
    assert.throws(() => read(source.slice(0, length)), XmlError, source.slice(0, length));
    assert.throws(() => skip(source.slice(0, length)), XmlError, source.slice(0, length));
  }
});

test('nasty documents take linear time', () => {
  const attributes = Array.from({ length: 20_000 }, (_, i) => ` a${i}=""`).join('');
  read(`<A${attributes}/>`);
  for (const piece of [
    '<A>',
    '<A/>',
    '<',
    '</A>',
    '&',
    '&amp;',
    '&#x41;',
    '&a',
    ' ',
    '<!--',
    '<!-- -->',
    '<![CDATA[',
    '<?',
    ' a="',
    '="',
    '<b></b>',
    '<b>x&lt;</b>',
    'A',
    'A:',
    '<!',
    ']]>',
    '-->',
  ]) {
    const nasty = piece.repeat(200_000 / piece.length);
    for (const source of [nasty, `<A>${nasty}</A>`, `<a>${nasty}</a>`, `<A${nasty}/>`, `<A><${nasty}`]) {
      const start = performance.now();
      survive(source);
      // Quadratic time would be many seconds.
      assert.ok(performance.now() - start < 1000, piece);
    }
  }
});
