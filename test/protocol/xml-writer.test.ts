import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeXml, isXmlText } from '../../src/protocol/xml-writer.ts';

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
  for (const text of ['a\0', '\x0b', '\x1f', '\ufffe', '\uffff', '\ud83d', '\ude00\ud83d']) {
    assert.equal(isXmlText(text), false, JSON.stringify(text));
    assert.throws(() => escapeXml(text), TypeError);
  }
  assert.ok(isXmlText('\t\n\r\x7f\x85\u{1f600}'));
});
