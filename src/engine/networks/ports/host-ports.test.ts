import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupLimit, HostPorts, HostPortUnavailable, type PortProbe } from './host-ports.ts';
import { parseContainerPort, portRequests } from './port-requests.ts';

const free: PortProbe = () => undefined;
const inUse: PortProbe = () => 'address already in use';
const request = (hostPort: number, hostPortEnd = hostPort, hostAddress = '') =>
  ({ port: 80, protocol: 'tcp', hostAddress, hostPort, hostPortEnd }) as const;
const unavailable = (reason?: string) => (error: unknown) =>
  error instanceof HostPortUnavailable && error.reason === reason;

test('take() counts through the ephemeral ports and does not give one again at once', () => {
  const ports = new HostPorts(free, { ipv6: false });
  const first = ports.take(request(0));
  ports.release(first);
  assert.deepEqual(
    [first, ports.take(request(0))].map(([one]) => one?.hostPort),
    [32768, 32769],
  );
});

test('take() goes on to the next port of a range and fails with the first when all are taken', () => {
  const ports = new HostPorts((port) => (port.hostPort === 8001 ? 'taken' : undefined), { ipv6: false });
  assert.equal(ports.take(request(8000, 8002))[0]?.hostPort, 8000);
  assert.equal(ports.take(request(8000, 8002))[0]?.hostPort, 8002);
  assert.throws(
    () => ports.take(request(8000, 8002)),
    (error) => error instanceof HostPortUnavailable && error.port.hostPort === 8000,
  );
});

test('take() sees that any address and a single one exclude each other', () => {
  const ports = new HostPorts(free, { ipv6: true });
  const single = ports.take(request(80, 80, '127.0.0.1'));
  assert.throws(() => ports.take(request(80)), unavailable());
  ports.take(request(80, 80, '127.0.0.2'));
  ports.release(single);
  ports.take(request(81));
  assert.throws(() => ports.take(request(81, 81, '10.0.0.1')), unavailable());
  assert.throws(() => ports.take(request(81, 81, '::1')), unavailable());
});

test('take() keeps protocols apart', () => {
  const ports = new HostPorts(free, { ipv6: false });
  ports.take(request(53));
  assert.equal(ports.take({ ...request(53), protocol: 'udp' })[0]?.protocol, 'udp');
});

test('take() tells a port of a process from one of a container', () => {
  const ports = new HostPorts(inUse, { ipv6: false });
  assert.throws(() => ports.take(request(80)), unavailable('address already in use'));
});

test('portRequests() orders bindings, reads ranges and adds exposed ports when all are published', () => {
  const requests = portRequests({
    bindings: {
      '8080/tcp': [{ HostPort: '9000-9002' }],
      '53/udp': [{ HostIp: '127.0.0.1', HostPort: '' }],
      '9/tcp': null,
    },
    exposed: ['8080/tcp', '443', '53/udp'],
    publishAll: true,
  });
  assert.deepEqual(requests, [
    { port: 53, protocol: 'udp', hostAddress: '127.0.0.1', hostPort: 0, hostPortEnd: 0 },
    { port: 443, protocol: 'tcp', hostAddress: '', hostPort: 0, hostPortEnd: 0 },
    { port: 8080, protocol: 'tcp', hostAddress: '', hostPort: 9000, hostPortEnd: 9002 },
  ]);
});

test('portRequests() leaves exposed ports alone by default', () => {
  assert.deepEqual(portRequests({ bindings: {}, exposed: ['80/tcp'], publishAll: false }), []);
});

for (const text of ['', '0', '65536', '80/icmp', '80-90', 'http']) {
  test(`parseContainerPort() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseContainerPort(text), /invalid port specification/);
  });
}

test('portRequests() refuses a host port that does not parse', () => {
  for (const HostPort of ['x', '70000', '9-8']) {
    assert.throws(
      () => portRequests({ bindings: { '80/tcp': [{ HostPort }] }, exposed: [], publishAll: false }),
      /invalid port specification/,
    );
  }
});

test('take() lets containers of one group share a place, and nobody else', () => {
  const ports = new HostPorts(free, { ipv6: true });
  const shared = { ...request(8080), group: 'web' };
  const first = ports.take(shared);
  assert.deepEqual(ports.take(shared), first);
  assert.throws(() => ports.take({ ...shared, group: 'mail' }), unavailable());
  assert.throws(() => ports.take(request(8080)), unavailable());
  assert.throws(() => ports.take({ ...shared, hostAddress: '10.0.0.1' }), unavailable());
  ports.release(first);
  assert.throws(() => ports.take(request(8080)), unavailable());
  ports.release(first);
  assert.equal(ports.take(request(8080))[0]?.group, undefined);
});

test('take() gives a place to as many of a group as connections are dealt out to', () => {
  const ports = new HostPorts(free, { ipv6: false });
  const shared = { ...request(8080), group: 'web' };
  for (let member = 0; member < groupLimit; member++) ports.take(shared);
  assert.throws(() => ports.take(shared), unavailable());
});
