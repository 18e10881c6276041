import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPlatform, matchesPlatform, parsePlatform, selectPlatform } from './platform.ts';

test('parsePlatform() knows other names of architectures', () => {
  assert.equal(formatPlatform(parsePlatform('linux/x86_64')), 'linux/amd64');
  assert.equal(formatPlatform(parsePlatform('linux/arm/v6')), 'linux/arm/v6');
  assert.equal(formatPlatform(parsePlatform('aarch64')), 'linux/arm64');
  assert.equal(parsePlatform('windows').os, 'windows');
  assert.throws(
    () => parsePlatform('a/b/c/d'),
    /"a\/b\/c\/d": cannot parse platform specifier: invalid argument/,
  );
  assert.throws(() => parsePlatform('li nux/x'), /invalid platform component/);
  assert.throws(
    () => parsePlatform('zz'),
    /"zz": unknown operating system or architecture: invalid argument/,
  );
});

test('matchesPlatform() lets newer variants run what was made for older ones', () => {
  assert.equal(matchesPlatform(parsePlatform('linux/arm/v7'), parsePlatform('linux/arm/v6')), true);
  assert.equal(matchesPlatform(parsePlatform('linux/arm/v6'), parsePlatform('linux/arm/v7')), false);
  assert.equal(matchesPlatform(parsePlatform('linux/amd64'), parsePlatform('linux/amd64/v2')), false);
  assert.equal(matchesPlatform(parsePlatform('linux/arm64'), parsePlatform('linux/arm64/v8')), true);
  assert.equal(matchesPlatform(parsePlatform('linux/amd64'), parsePlatform('windows/amd64')), false);
});

test('selectPlatform() takes the nearest of what runs', () => {
  const offers = ['linux/arm/v5', 'linux/arm/v7', 'linux/arm/v6', 'linux/amd64'].map(parsePlatform);
  const best = selectPlatform(parsePlatform('linux/arm/v6'), offers, (offer) => offer);
  assert.equal(best && formatPlatform(best), 'linux/arm/v6');
  assert.equal(
    selectPlatform(parsePlatform('linux/s390x'), offers, (offer) => offer),
    undefined,
  );
});
