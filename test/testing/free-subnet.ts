import { execFileSync } from 'node:child_process';

/** The first three numbers of an IPv4 /24 in which this host has no address. */
export function freeSubnet(): string {
  const addresses = execFileSync('ip', ['-4', '-o', 'address'], { encoding: 'utf8' });
  for (;;) {
    const subnet = `10.${random(210, 220)}.${random(0, 256)}`;
    if (!addresses.includes(` ${subnet}.`)) return subnet;
  }
}

function random(from: number, below: number): number {
  return from + Math.floor(Math.random() * (below - from));
}
