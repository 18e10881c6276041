import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordOf } from '../testing/records.ts';
import { formatDetails, lineAttributes } from './attributes.ts';
import { formatTag } from './log-tag.ts';
import { pickAttributes } from './pick-attributes.ts';

const record = (options: Readonly<Record<string, string>>) =>
  recordOf({
    Labels: { a: 'b', xy: 'ü&z /', other: '1' },
    Env: ['E=1 2', 'LONG=a=b', 'EMPTY'],
    HostConfig: { LogConfig: { Type: 'json-file', Config: options } },
  });

test('pickAttributes() takes what is named and what matches', () => {
  const options = { labels: 'a,nope', 'labels-regex': '^x', env: 'E,EMPTY', 'env-regex': 'ONG' };
  assert.deepEqual(pickAttributes(record(options), options), {
    E: '1 2',
    EMPTY: '',
    LONG: 'a=b',
    a: 'b',
    xy: 'ü&z /',
  });
  assert.deepEqual(pickAttributes(record({}), {}), {});
  assert.throws(
    () => pickAttributes(record({}), { 'labels-regex': '(' }),
    /^EngineError: error parsing regexp/,
  );
});

test('lineAttributes() and formatDetails() tell them in order, with the tag', () => {
  const attributes = lineAttributes(record({ labels: 'xy,a', tag: '{{.Name}}!' }), '/the.log');
  assert.equal(formatDetails(attributes), 'a=b,tag=argo%21,xy=%C3%BC%26z+%2F ');
  assert.equal(formatDetails({}), ' ');
  assert.equal(lineAttributes(record({ tag: '{{.LogPath}}' }), '/the.log').tag, '/the.log');
});

test('formatTag() fills in fields, functions and pipes', () => {
  const tag = (template: string) => formatTag(template, record({}));
  assert.equal(tag('plain'), 'plain');
  assert.equal(tag('{{.ID}}/{{.Name}}/{{ .ImageName }}'), 'c0ffee000000/argo/boat:1');
  assert.equal(tag('{{upper .Name}}-{{.Name | upper | lower}}'), 'ARGO-argo');
  assert.equal(tag('{{if .ContainerLabels}}{{index .ContainerLabels "a"}}{{end}}'), 'b');
  assert.equal(tag('{{printf "%s-%s" .ID (truncate .Name 2)}}'), 'c0ffee000000-ar');
  assert.equal(tag('{{join .ContainerEnv ","}}'), 'E=1 2,LONG=a=b,EMPTY');
  const picks = { labels: 'a', env: 'LONG' };
  assert.equal(formatTag('{{.LogPath}}|{{.ExtraAttributes nil}}', record(picks)), '|map[LONG:a=b a:b]');
  assert.match(
    tag('{{.ImageID}}|{{.ImageFullID}}|{{.FullID}}'),
    /^sha256:[0-9a-f]{5}\|sha256:[0-9a-f]{64}\|c0ffee0+$/,
  );
});

test('formatTag() refuses as Go’s templates do', () => {
  const fails = (template: string, reason: string) =>
    assert.throws(() => formatTag(template, record({})), { message: `template: log-tag:${reason}` });
  fails('{{.ID', '1: unclosed action');
  fails('{{nosuch .ID}}', '1: function "nosuch" not defined');
  fails('{{}}', '1: missing value for command');
  fails('{{.Foo}}', `1:2: executing "log-tag" at <.Foo>: can't evaluate field Foo in type *logger.Info`);
  const counts = 'wrong number of args for ExtraAttributes: want 1 got 0';
  fails('{{.ExtraAttributes}}', `1:2: executing "log-tag" at <.ExtraAttributes>: ${counts}`);
});
