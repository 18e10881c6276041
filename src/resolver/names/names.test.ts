import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeQuery, isBad } from '../message/query.ts';
import { makeQuery } from '../testing/make-query.ts';
import type { NamedSandbox } from '../types.ts';
import { addressKey, keyOfReverseName, tryParseAddress } from './address.ts';
import { answerFrom } from './answer.ts';
import { NameTable } from './name-table.ts';

interface Place {
  readonly network?: string;
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
}

function sandbox(containerId: string, ...places: readonly Place[]): NamedSandbox {
  return {
    containerId,
    endpoints: places.map(({ network = 'net', names = [containerId], addresses = [] }) => ({
      ...{ networkId: `id-${network}`, networkName: network, names, addresses },
    })),
    links: [],
    forwards: true,
    servers: [],
    hostAddresses: ['10.0.0.1'],
  };
}

function tableOf(...sandboxes: readonly NamedSandbox[]): NameTable {
  const table = new NameTable();
  for (const one of sandboxes) table.set(one);
  return table;
}

/** The answer's records as texts; undefined when the question is for others. */
function ask(table: NameTable, asker: NamedSandbox, name: string, type = 1): string[] | undefined {
  const query = decodeQuery(makeQuery(name, { type }));
  assert.ok(query !== undefined && !isBad(query));
  return answerFrom(table, asker, query)?.map(({ type: given, data }) =>
    given === 12 ? Buffer.from(data).toString('latin1') : [...data].join('.'),
  );
}

const db = sandbox('db', { names: ['db', 'Main'], addresses: ['10.0.0.2', 'fd00::2'] });
const web = sandbox('web', { addresses: ['10.0.0.3'] });

test('NameTable: a container is found by any of its names, on a network that it shares, in any case', () => {
  const table = tableOf(db, web);
  for (const name of ['db', 'main', 'MAIN', 'db.net']) assert.deepEqual(ask(table, web, name), ['10.0.0.2']);
  assert.equal(ask(table, web, 'nobody'), undefined);
  assert.equal(ask(table, web, 'db.other'), undefined);
  assert.equal(ask(table, sandbox('far', { network: 'other' }), 'db'), undefined);
});

test('answerFrom() has an empty answer for types that a known name lacks', () => {
  const table = tableOf(db, web);
  assert.deepEqual(ask(table, web, 'db', 28), ['253.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2']);
  assert.deepEqual(ask(table, db, 'web', 28), []);
  assert.deepEqual(ask(table, web, 'db', 15), []);
  assert.equal(ask(table, web, 'db', 255)?.length, 2);
  assert.equal(ask(table, web, 'example.org', 15), undefined);
});

test('NameTable: those that share a name take turns at the front', () => {
  const table = tableOf(
    ...['10.0.0.2', '10.0.0.3', '10.0.0.4'].map((address, place) =>
      sandbox(`c${place}`, { names: ['app'], addresses: [address] }),
    ),
  );
  const fronts = Array.from({ length: 6 }, () => {
    ask(table, web, 'app', 28);
    return ask(table, web, 'app')?.[0];
  });
  assert.deepEqual(fronts, ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.2', '10.0.0.3', '10.0.0.4']);
  table.remove('c1');
  assert.deepEqual(new Set(ask(table, web, 'app')), new Set(['10.0.0.2', '10.0.0.4']));
});

test('NameTable: telling a sandbox again replaces what it was, and removing it leaves nothing', () => {
  const table = tableOf(db, web);
  table.set(sandbox('db', { names: ['store'], addresses: ['10.0.0.9'] }));
  assert.equal(ask(table, web, 'db'), undefined);
  assert.equal(ask(table, web, '2.0.0.10.in-addr.arpa', 12), undefined);
  assert.deepEqual(ask(table, web, 'store'), ['10.0.0.9']);
  table.remove('db');
  assert.equal(ask(table, web, 'store'), undefined);
});

test('NameTable: the networks of the asker are asked in their order', () => {
  const table = tableOf(
    sandbox('a', { network: 'n1', names: ['app'], addresses: ['10.1.0.1'] }),
    sandbox('b', { network: 'n2', names: ['app'], addresses: ['10.2.0.1'] }),
  );
  assert.deepEqual(ask(table, sandbox('c', { network: 'n2' }, { network: 'n1' }), 'app'), ['10.2.0.1']);
  assert.deepEqual(ask(table, sandbox('c', { network: 'n2' }, { network: 'n1' }), 'app.n1'), ['10.1.0.1']);
});

test('a link is a name for one container alone', () => {
  const table = tableOf(db, web);
  const linked = { ...web, links: [{ networkId: 'id-net', target: 'db', alias: 'Store' }] };
  assert.deepEqual(ask(table, linked, 'store'), ['10.0.0.2']);
  assert.equal(ask(table, web, 'store'), undefined);
});

test('addresses have names, in both families', () => {
  const table = tableOf(db, web);
  assert.deepEqual(ask(table, web, '2.0.0.10.in-addr.arpa', 12), ['\u0002db\u0003net\0']);
  const six = `2.${'0.'.repeat(27)}0.0.d.f.ip6.arpa`;
  assert.deepEqual(ask(table, web, six, 12), ['\u0002db\u0003net\0']);
  assert.equal(ask(table, web, '8.8.8.8.in-addr.arpa', 12), undefined);
});

test('the host has a name, unless a container has it', () => {
  assert.deepEqual(ask(tableOf(web), web, 'host.docker.internal'), ['10.0.0.1']);
  assert.deepEqual(ask(tableOf(web), web, 'host.docker.internal', 28), []);
  const named = sandbox('x', { names: ['host.docker.internal'], addresses: ['10.0.0.8'] });
  assert.deepEqual(ask(tableOf(web, named), web, 'host.docker.internal'), ['10.0.0.8']);
  assert.equal(ask(tableOf(web), { ...web, hostAddresses: [] }, 'host.docker.internal'), undefined);
});

test('tryParseAddress() reads both families and nothing else', () => {
  assert.deepEqual([...(tryParseAddress('10.0.0.255') ?? [])], [10, 0, 0, 255]);
  assert.equal(
    addressKey(tryParseAddress('fd00::a:1') ?? new Uint8Array()),
    `fd${'0'.repeat(24)}0a0001`.padEnd(32),
  );
  assert.deepEqual([...(tryParseAddress('::ffff:10.0.0.1') ?? [])].slice(10), [255, 255, 10, 0, 0, 1]);
  for (const text of ['', 'db', '10.0.0', '10.0.0.256', 'fe80::1%eth0'])
    assert.equal(tryParseAddress(text), undefined);
});

test('keyOfReverseName() knows whole addresses only', () => {
  for (const name of ['in-addr.arpa', '0.0.10.in-addr.arpa', 'x.0.0.10.in-addr.arpa', '1.ip6.arpa', 'arpa']) {
    assert.equal(keyOfReverseName(name), undefined);
  }
});
