import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeXml } from '../../src/protocol/xml-writer.ts';

test('what XML would read otherwise is escaped', () => {
  assert.equal(escapeXml(''), '');
  assert.equal(escapeXml('photos/été \u{1f600}.jpg'), 'photos/été \u{1f600}.jpg');
  assert.equal(escapeXml('<a b="c">&\'</a>'), '&lt;a b=&quot;c&quot;&gt;&amp;&apos;&lt;/a&gt;');
  assert.equal(escapeXml('&lt;'), '&amp;lt;');
  assert.equal(escapeXml('\t\n\r'), '&#x9;&#xA;&#xD;');
  assert.equal(escapeXml(']]>'), ']]&gt;');
  assert.equal(escapeXml('\x7f\x85\u2028'), '\x7f\x85\u2028');
});

test('what XML cannot carry is refused', () => {
  for (const [text, code] of [
    ['a\0', 'U+0000'],
    ['\x0b', 'U+000B'],
    ['\x1f', 'U+001F'],
    ['\ufffe', 'U+FFFE'],
    ['\uffff', 'U+FFFF'],
    ['\ud83d', 'U+D83D'],
    ['\ude00\ud83d', 'U+DE00'],
  ] as const) {
    assert.throws(
      () => escapeXml(text),
      (error: Error) => error instanceof TypeError && error.message.includes(code),
    );
  }
});
