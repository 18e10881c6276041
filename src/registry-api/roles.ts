/** What somebody may do in a project: each role may all that those before it may. */
export const roles = ['guest', 'developer', 'maintainer', 'admin'] as const;

export type Role = (typeof roles)[number];

export function isRole(text: unknown): text is Role {
  return roles.some((role) => role === text);
}
