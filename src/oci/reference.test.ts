import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  withDefaultTag,
} from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test('parseReference() and familiarReference() are each other’s inverse', () => {
  const pairs: readonly (readonly [written: string, full: string, familiar: string])[] = [
    ['alpine', 'docker.io/library/alpine', 'alpine'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20', 'alpine:3.20'],
    ['docker.io/alpine', 'docker.io/library/alpine', 'alpine'],
    ['index.docker.io/library/alpine', 'docker.io/library/alpine', 'alpine'],
    ['ada/tool', 'docker.io/ada/tool', 'ada/tool'],
    ['localhost/x', 'localhost/x', 'localhost/x'],
    ['localhost:5000/x:1', 'localhost:5000/x:1', 'localhost:5000/x:1'],
    ['example.org/a/b/c', 'example.org/a/b/c', 'example.org/a/b/c'],
    ['Host/x', 'Host/x', 'Host/x'],
    ['[::1]:5000/x', '[::1]:5000/x', '[::1]:5000/x'],
    [`alpine@${digest}`, `docker.io/library/alpine@${digest}`, `alpine@${digest}`],
    [`alpine:1@${digest}`, `docker.io/library/alpine:1@${digest}`, `alpine:1@${digest}`],
    ['a__b/c--d.e_f', 'docker.io/a__b/c--d.e_f', 'a__b/c--d.e_f'],
  ];
  for (const [written, full, familiar] of pairs) {
    assert.equal(formatReference(parseReference(written)), full);
    assert.equal(familiarReference(parseReference(written)), familiar);
  }
});

test('parseReference() refuses what is no reference, in Docker’s words', () => {
  for (const text of [
    '',
    ':tag',
    '-x',
    'a//b',
    'a:',
    'a@',
    'a@sha256:1',
    'a b',
    'x:y/',
    `a:${'t'.repeat(129)}`,
    '../x',
  ]) {
    assert.throws(() => parseReference(text), /^EngineError: invalid reference format$/, text);
  }
  assert.throws(
    () => parseReference('Alpine'),
    /^EngineError: invalid reference format: repository name \(library\/Alpine\) must be lowercase$/,
  );
  assert.throws(() => parseReference('a'.repeat(64)), /cannot specify 64-byte hexadecimal strings/);
  assert.throws(() => parseReference('x'.repeat(300)), /must not be more than 255 characters/);
});

test('withDefaultTag() adds latest only to a bare name', () => {
  assert.equal(familiarReference(withDefaultTag(parseReference('a'))), 'a:latest');
  assert.equal(familiarReference(withDefaultTag(parseReference('a:1'))), 'a:1');
  assert.equal(familiarReference(withDefaultTag(parseReference(`a@${digest}`))), `a@${digest}`);
});

test('familiarName() keeps library when it is not the hub’s', () => {
  assert.equal(familiarName(parseReference('example.org/library/x')), 'example.org/library/x');
});
