/** What this build calls itself. */
export const product = {
  name: 'Wharf',
  version: '0.1.0',
  /** Set by the build, from the repository. */
  gitCommit: process.env.WHARF_GIT_COMMIT ?? 'unknown',
  buildTime: process.env.WHARF_BUILD_TIME ?? 'unknown',
} as const;
