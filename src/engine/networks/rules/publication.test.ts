import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entriesOf, type Publication, slotCount } from './publication.ts';

const tables = { 4: { family: 4, name: 't' }, 6: { family: 6, name: 't' } } as const;

function publication(hostAddress: string, target: string, group?: string): Publication {
  return { port: { port: 80, protocol: 'tcp', hostAddress, hostPort: 8080, group }, target };
}

test('entriesOf() puts a port where it is asked for: at any address, at one, or at the loopback', () => {
  const places = ['0.0.0.0', '192.0.2.1', '127.0.0.1'];
  const entries = entriesOf(
    tables[4],
    places.map((place) => publication(place, '10.0.0.2')),
  );
  assert.deepEqual([...entries.keys()], ['ports', 'address_ports', 'loopback_ports']);
});

test('entriesOf() leaves to the shim what no rule of the family can translate', () => {
  const all = [
    publication('::', 'fd00::2'),
    publication('::1', 'fd00::2'),
    publication('::', '10.0.0.2'),
    publication('0.0.0.0', 'fd00::2'),
  ];
  assert.equal(entriesOf(tables[4], all).size, 0);
  assert.equal(entriesOf(tables[6], all).get('ports')?.length, 1);
});

test('entriesOf() opens a port without a place of the host at the container', () => {
  const { port, target } = publication('0.0.0.0', '10.0.0.2');
  const entries = entriesOf(tables[4], [{ port: { ...port, hostPort: 0 }, target }]);
  const [element] = entries.get('open_ports') ?? [];
  assert.deepEqual(
    element?.key.map((bytes) => [...bytes]),
    [[10, 0, 0, 2], [6], [0, 80]],
  );
});

test('entriesOf() gives each of a group as many slots as any other', () => {
  for (const count of [1, 2, 3, 4, 5, 6, 10]) {
    const members = Array.from({ length: count }, (_, place) =>
      publication('0.0.0.0', `10.0.0.${place}`, 'web'),
    );
    const slots = entriesOf(tables[4], members).get('group_ports') ?? [];
    assert.equal(slots.length, slotCount);
    const shares = Map.groupBy(slots, ({ data }) => String(data?.[0]));
    assert.deepEqual(
      [...shares.values()].map(({ length }) => length),
      new Array(count).fill(slotCount / count),
    );
  }
});
