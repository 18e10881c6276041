import { always, atMost, defineCommand } from '../command.ts';
import { text } from '../flags/index.ts';

/** Only volumes of a cluster can be changed, and there is no cluster. */
export const command = defineCommand({
  synopsis: ['[OPTIONS] [VOLUME]'],
  operands: atMost(1),
  flags: {
    availability: text('Cluster Volume availability ("active", "pause", "drain")', { initial: 'active' }),
  },
  warm: always,
  async run() {
    throw new Error('can only update cluster volumes');
  },
});
