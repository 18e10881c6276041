import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetlinkMessage } from '#linux';
import { bridgeRecord } from '../testing/bridge-record.ts';
import { NetworkRules } from './network-rules.ts';
import type { Publication } from './publication.ts';

const publication = (target: string, group?: string): Publication => ({
  port: { port: 80, protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080, group },
  target,
});

/** Rules over a kernel that remembers what it was told, and refuses it when there is something to refuse it with. */
function setUp() {
  const told: (readonly NetlinkMessage[])[] = [];
  const refusals: string[] = [];
  const rules = new NetworkRules(bridgeRecord, {
    apply(messages) {
      const code = refusals.shift();
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      told.push(messages);
    },
  });
  rules.reset([]);
  told.length = 0;
  return { rules, told, refusals };
}

test('publish() adds one entry and unpublish() deletes it', () => {
  const { rules, told } = setUp();
  rules.publish([publication('10.0.0.2')]);
  rules.unpublish([publication('10.0.0.2')]);
  assert.deepEqual(
    told.map((messages) => messages.map(({ type }) => type & 0xff)),
    [[12], [14]],
  );
});

test('publish() writes the place of a group anew in one transaction', () => {
  const { rules, told } = setUp();
  rules.publish([publication('10.0.0.2', 'web')]);
  rules.publish([publication('10.0.0.3', 'web')]);
  assert.deepEqual(
    told.map((messages) => messages.map(({ type }) => type & 0xff)),
    [[12], [14, 12]],
  );
});

test('a change that the kernel has no room for any more makes everything anew', () => {
  const { rules, told, refusals } = setUp();
  refusals.push('ENOENT');
  rules.publish([publication('10.0.0.2')]);
  assert.ok((told[0]?.length ?? 0) > 20);
  refusals.push('EPERM');
  assert.throws(() => rules.unpublish([publication('10.0.0.2')]), /EPERM/);
});
