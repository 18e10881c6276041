import { EngineError, unlessErrno } from '#base';
import { writeSysctl } from '#linux';

const keys = { 4: 'net/bridge/bridge-nf-call-iptables', 6: 'net/bridge/bridge-nf-call-ip6tables' } as const;

/**
 * Has what passes between the containers of one bridge pass the rules too, without which none can be kept apart.
 * @throws EngineError, when the kernel has no br_netfilter
 */
export function filterBridgedFrames({ ipv6 }: { readonly ipv6: boolean }): void {
  for (const family of ipv6 ? ([4, 6] as const) : ([4] as const)) {
    const written = unlessErrno(['ENOENT'], () => {
      writeSysctl(keys[family], '1');
      return true;
    });
    if (written !== true) {
      const text = `cannot restrict inter-container communication: /proc/sys/${keys[family]} is missing`;
      throw new EngineError('internal', text, { hint: 'load the kernel module: modprobe br_netfilter' });
    }
  }
}
