/** What this build calls itself. */
export const product = {
  name: 'Wharf',
  version: '0.1.0',
  /** Set by release builds. */
  gitCommit: process.env.WHARF_GIT_COMMIT ?? 'unknown',
  buildTime: process.env.WHARF_BUILD_TIME ?? '2026-11-22T00:00:00.000000000+00:00',
} as const;
