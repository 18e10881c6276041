import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContainerPorts } from './container-ports.ts';
import { HostPorts } from './host-ports.ts';

test('release() knows ports by what they say: a record of them will do', () => {
  const ports = new ContainerPorts(new HostPorts(() => undefined, { ipv6: false }), {
    containerName: 'web',
    endpointId: 'e',
    address: '10.0.0.2',
    defaultBinding: '0.0.0.0',
    isRouted: { ipv4: false, ipv6: false },
  });
  const wish = { port: 80, protocol: 'tcp', hostAddress: '', hostPort: 8080, hostPortEnd: 8080 } as const;
  const recorded = ports.take([wish]).map((port) => ({ ...port }));
  ports.release(recorded.map((port) => ({ ...port, port: 81 })));
  assert.deepEqual(ports.all, recorded);
  ports.release(recorded);
  assert.deepEqual(ports.all, []);
  assert.deepEqual(ports.take([wish]), recorded);
});
