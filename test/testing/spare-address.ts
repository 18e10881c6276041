import { execFileSync } from 'node:child_process';
import { freeSubnet } from './free-subnet.ts';

/** An address of this machine that is none of its loopback; it goes with its device when it is disposed of. */
export interface SpareAddress extends Disposable {
  readonly address: string;
}

/** @param mark what sets the device's name apart; at most ten characters */
export function addSpareAddress(mark: string): SpareAddress {
  const device = `wt-${mark}`;
  const ip = (...words: readonly string[]) => execFileSync('ip', words, { stdio: 'ignore' });
  const address = `${freeSubnet()}.1`;
  ip('link', 'add', device, 'type', 'bridge');
  const spare = { address, [Symbol.dispose]: () => void ip('link', 'delete', device) };
  try {
    ip('address', 'add', `${address}/32`, 'dev', device);
    ip('link', 'set', device, 'up');
  } catch (error) {
    spare[Symbol.dispose]();
    throw error;
  }
  return spare;
}
