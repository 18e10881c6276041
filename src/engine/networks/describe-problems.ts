/** All that is wrong with what somebody asked for, in Docker's form: one problem stands alone, several as a list. */
export function describeProblems(what: string, problems: readonly string[]): string {
  const lines = problems.length === 1 ? problems : problems.map((problem) => `* ${problem}`);
  return `invalid ${what}:\n${lines.join('\n')}`;
}
