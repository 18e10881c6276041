import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describePorts } from './ports.ts';

const port = (PrivatePort: number, IP?: string, PublicPort?: number, Type = 'tcp') => ({
  PrivatePort,
  Type,
  ...(IP === undefined ? {} : { IP }),
  ...(PublicPort === undefined ? {} : { PublicPort }),
});

test('describePorts() draws neighbours together and puts mappings last', () => {
  assert.equal(
    describePorts([port(443), port(80, '::', 8080), port(80, '0.0.0.0', 8080), port(444)]),
    '443-444/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp',
  );
});

test('describePorts() draws ports published under their own number together', () => {
  assert.equal(
    describePorts([
      port(90, '127.0.0.1', 90),
      port(91, '127.0.0.1', 91),
      port(93, '127.0.0.1', 93),
      port(53, undefined, undefined, 'udp'),
    ]),
    '127.0.0.1:90-91->90-91/tcp, 53/udp, 127.0.0.1:93->93/tcp',
  );
});
