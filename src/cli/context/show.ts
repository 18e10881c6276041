import { defineCommand, noOperands } from '../command.ts';

export const command = defineCommand({
  synopsis: [''],
  offline: true,
  operands: noOperands,
  flags: {},
  async run({ caller, contextName }) {
    caller.writeOut(`${contextName}\n`);
  },
});
