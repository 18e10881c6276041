import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '#template';
import { indentJson } from './json.ts';
import { formatOne } from './one.ts';
import { chooseFormat, type Listing, RowFormat } from './rows.ts';

const listing: Listing = { typeName: '*test.row', headers: { ID: 'ID', Name: 'NAME' } };
const rows = [
  { Name: 'a-long-enough-name', ID: '1', Label: (_name: Value) => 'x' },
  { Name: 'b', ID: '<2>', Label: (_name: Value) => '' },
];

test('RowFormat lays a table out with heads', () => {
  assert.equal(
    new RowFormat('table {{.Name}}\\t{{.ID}}\\t{{.Label "my.big-label"}}', listing).print(rows),
    'NAME                 ID        big label\na-long-enough-name   1         x\nb                    <2>       \n',
  );
});

test('RowFormat prints a line a row for a template, sorted and escaped JSON for json', () => {
  assert.equal(new RowFormat('{{upper .Name}}', listing).print(rows), 'A-LONG-ENOUGH-NAME\nB\n');
  assert.equal(
    new RowFormat('json', listing).print([{ Name: 'b', ID: '<2>' }]),
    '{"ID":"\\u003c2\\u003e","Name":"b"}\n',
  );
});

test('RowFormat says what a row does not have', () => {
  assert.throws(() => new RowFormat('{{.Foo}}', listing).print(rows), {
    message:
      'template parsing error: template: :1:2: executing "" at <.Foo>: can\'t evaluate field Foo in type *test.row',
  });
  assert.throws(() => new RowFormat('{{', listing), {
    message: 'template parsing error: template: :1: unclosed action',
  });
});

test('chooseFormat() prefers the flag, then quiet, then the settings', () => {
  const rules = { configured: 'set', table: 'table x' };
  assert.equal(chooseFormat({ ...rules, flag: 'json', quietField: 'ID' }), 'json');
  assert.equal(chooseFormat({ ...rules, flag: '', quietField: 'ID' }), '{{.ID}}');
  assert.equal(chooseFormat({ ...rules, flag: '' }), 'set');
  assert.equal(chooseFormat({ ...rules, flag: 'table' }), 'table x');
});

test('chooseFormat() makes lines of the raw fields', () => {
  const rules = {
    flag: 'raw',
    table: 'table x',
    raw: [
      ['id', 'ID'],
      ['labels', 'Labels'],
    ] as const,
  };
  const listing = { typeName: '*t', headers: {} };
  const print = (format: string) => new RowFormat(format, listing).print([{ ID: 'a', Labels: '' }]);
  assert.equal(print(chooseFormat(rules)), 'id: a\nlabels:\n\n');
  assert.equal(print(chooseFormat({ ...rules, quietField: 'ID' })), 'id: a\n');
});

test('indentJson() keeps every token as it was', () => {
  assert.equal(
    indentJson('{"a":[],"b":[1,18446744073709551615],"c":{"d":"x:,{}"},"e":{}}', '  '),
    '{\n  "a": [],\n  "b": [\n    1,\n    18446744073709551615\n  ],\n  "c": {\n    "d": "x:,{}"\n  },\n  "e": {}\n}',
  );
});

test('formatOne() knows structures from maps and the other names of Go', () => {
  const object = {
    Id: 'x',
    State: { Running: true, Pid: 3 },
    Labels: { b: '1', a: '2' },
    Ports: { '80/tcp': null },
  };
  assert.equal(
    formatOne('{{.ID}} {{.State}} {{.Labels}} {{.Ports}}', object),
    'x {true 3} map[a:2 b:1] map[80/tcp:<nil>]\n',
  );
});
