import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, structName, type Value } from './index.ts';

const data: Value = {
  Name: 'web',
  Count: 5,
  List: ['a', 'b'],
  Map: { k: 'v', a: 'b' },
  Empty: {},
  Point: { X: 1, Y: 'q', [structName]: 'Point' },
  Nothing: null,
  Label: (name: Value) => `label of ${String(name)}`,
};

const renderings: readonly [source: string, expected: string][] = [
  ['plain', 'plain'],
  ['{{.Name}} {{.Count}} {{.List}} {{.Map}} {{.Point}}', 'web 5 [a b] map[a:b k:v] {1 q}'],
  ['{{.Missing}} {{.Nothing}}', '<no value> <nil>'],
  ['{{.Map.k}} {{.Point.Y}} {{(index .List 0)}}', 'v q a'],
  ['{{.Label "x"}} {{"y" | .Label}}', 'label of x label of y'],
  ['a {{- .Name -}} b', 'awebb'],
  ['{{/* nothing */}}x{{- /* trims */ -}} y', 'xy'],
  ['{{range .List}}<{{.}}>{{end}}', '<a><b>'],
  ['{{range $i, $e := .List}}{{$i}}={{$e}};{{end}}', '0=a;1=b;'],
  ['{{range .Map}}{{.}},{{end}}', 'b,v,'],
  ['{{range .Empty}}x{{else}}none{{end}}', 'none'],
  ['{{range .List}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}', 'a'],
  ['{{range .List}}{{if eq . "a"}}{{continue}}{{end}}{{.}}{{end}}', 'b'],
  ['{{if .Name}}yes{{else}}no{{end}} {{if .Empty}}yes{{else}}no{{end}}', 'yes no'],
  ['{{if eq .Count 4}}4{{else if eq .Count 5}}5{{else}}?{{end}}', '5'],
  ['{{with .Map}}{{.k}}{{$.Name}}{{end}}', 'vweb'],
  ['{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}', '2'],
  ['{{$x := .Name}}{{with .Map}}{{$x}}{{end}}', 'web'],
  ['{{and .Name .Count}} {{and .Name ""}} {{or "" .Name}} {{not .Name}}', '5  web false'],
  [
    '{{eq .Count 1 5}} {{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt "b" "a"}} {{ge 1 2}}',
    'true true true true true false',
  ],
  ['{{len .List}} {{len "äö"}} {{len .Map}}', '2 4 2'],
  ['{{index .Map "k"}}{{index .Map "none"}} {{index .List 1}}', 'v b'],
  ['{{slice .Name 1}} {{slice .List 0 1}}', 'eb [a]'],
  ['{{print 1 2 "a" "b" 3}}|{{println "a" 1}}', '1 2ab3|a 1\n'],
  [
    '{{json .Map}} {{json .Point}} {{json .List}} {{json .Nothing}}',
    '{"a":"b","k":"v"} {"X":1,"Y":"q"} ["a","b"] null',
  ],
  [
    '{{split "a,b" ","}} {{join .List "-"}} {{upper .Name}} {{lower "AB"}} {{title "ab cd"}}',
    '[a b] a-b WEB ab Ab Cd',
  ],
  ['{{pad .Name 1 2}}| {{truncate .Name 2}}', ' web  | we'],
  ['{{.Name | printf "%-5s|%5s|" "x"}}', 'x    |  web|'],
  ['{{`raw {{ }}`}} {{"esc\\t\\"q\\""}}', 'raw {{ }} esc\t"q"'],
];

for (const [source, expected] of renderings) {
  test(`template ${source}`, () => {
    assert.equal(compileTemplate(source).execute(data), expected);
  });
}

const failures: readonly [source: string, message: string][] = [
  ['{{', 'template: :1: unclosed action'],
  ['{{.A}', 'template: :1: unexpected "}" in operand'],
  ['a\n{{foo}}', 'template: :2: function "foo" not defined'],
  ['{{if}}', 'template: :1: missing value for if'],
  ['{{range .List}}', 'template: :1: unexpected EOF'],
  ['{{end}}', 'template: :1: unexpected {{end}}'],
  ['{{"open}}', 'template: :1: unterminated quoted string'],
  ['{{.Point.Z}}', 'template: :1:8: executing "" at <.Point.Z>: can\'t evaluate field Z in type Point'],
  ['{{.Name.x}}', 'template: :1:7: executing "" at <.Name.x>: can\'t evaluate field x in type string'],
  [
    '{{index .List 7}}',
    'template: :1:2: executing "" at <index .List 7>: error calling index: index out of range: 7',
  ],
  [
    '{{lt 1 "a"}}',
    'template: :1:2: executing "" at <lt 1 "a">: error calling lt: incompatible types for comparison',
  ],
  ['{{$x}}', 'template: :1: undefined variable "$x"'],
];

for (const [source, message] of failures) {
  test(`template ${JSON.stringify(source)} fails in Go's words`, () => {
    assert.throws(() => compileTemplate(source).execute(data), { name: 'TemplateError', message });
  });
}

test('execute() makes a missing map entry an error when asked', () => {
  assert.throws(() => compileTemplate('{{.Foo}}').execute({}, { missingKeyIsError: true }), {
    message: 'template: :1:2: executing "" at <.Foo>: map has no entry for key "Foo"',
  });
});
