import type { ImageCheckFinding, ImageCheckReport, ProgressMessage } from '#api';
import { readJsonLines } from '#client';
import { defineCommand, ExitError, noOperands } from '../command.ts';
import { bool } from '../flags/index.ts';
import { showProgress } from '../progress.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  description: `Check that what is stored of images is whole: every document and every layer is read and its
digest compared. Ends with 1 when something is not, and could not be repaired.`,
  operands: noOperands,
  flags: {
    quiet: bool('Only tell what is not whole', 'q'),
    repair: bool('Fetch again what is missing or damaged'),
  },
  async run({ caller, client }, { values: { quiet, repair } }) {
    const response = await client.send({ method: 'POST', path: '/images/check', query: { repair } });
    let report: ImageCheckReport | undefined;
    await showProgress(caller, readJsonLines<ProgressMessage>(response.body), {
      quiet: quiet || !caller.isTerminal(1),
      toStderr: false,
      onAux: (aux) => {
        report = aux as ImageCheckReport;
      },
    });
    if (report === undefined) throw new Error('the daemon did not finish the check');
    const { Findings: findings } = report;
    caller.writeOut(findings.map((finding) => `${describe(finding)}\n`).join(''));
    if (!quiet)
      caller.writeOut(
        `${count(report.Layers, 'layer')} and ${count(report.Documents, 'document')} checked, ${outcome(findings)}\n`,
      );
    if (findings.some(({ Repaired }) => !Repaired)) throw new ExitError(1);
  },
});

function describe({ Kind, Digest, Problem, Images, Repaired, Reason }: ImageCheckFinding): string {
  const users = Images.length === 0 ? '' : ` (needed by ${Images.join(', ')})`;
  const repair = Repaired ? ', repaired' : Reason === undefined ? '' : `, not repaired: ${Reason}`;
  return `${Kind} ${Digest} ${Problem}${users}${repair}`;
}

function outcome(findings: readonly ImageCheckFinding[]): string {
  if (findings.length === 0) return 'all whole';
  const repaired = findings.filter(({ Repaired }) => Repaired).length;
  return `${findings.length} not whole${repaired === 0 ? '' : `, ${repaired} repaired`}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
