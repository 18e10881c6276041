import { type Role, roles } from '#registry-api';
import type { Account } from '../accounts/account-records.ts';
import type { ProjectRecords } from '../accounts/project-records.ts';

/** What can be done in a project. */
export type ProjectAction = 'pull' | 'push' | 'delete' | 'robots' | 'retention' | 'members' | 'visibility';

const lowest: Readonly<Record<ProjectAction, Role>> = {
  pull: 'guest',
  push: 'developer',
  delete: 'maintainer',
  robots: 'maintainer',
  retention: 'maintainer',
  members: 'admin',
  visibility: 'admin',
};

/** Whether a role is, or has all rights of, another one. */
export function includesRole(role: Role, other: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(other);
}

/** What an account is in a project; an administrator of the registry is one of every project. */
export function roleIn(
  projects: ProjectRecords,
  account: Account | undefined,
  project: string,
): Role | undefined {
  if (account === undefined) return undefined;
  if (account.isAdmin) return 'admin';
  const { robot } = account;
  if (robot === undefined) return projects.roleOf(project, account.name);
  return robot.project === project ? robot.role : undefined;
}

/** Whether an account, or somebody unknown, may do something in a project. */
export function mayIn(
  projects: ProjectRecords,
  account: Account | undefined,
  project: string,
  action: ProjectAction,
): boolean {
  const role = roleIn(projects, account, project);
  if (role !== undefined) return includesRole(role, lowest[action]);
  return action === 'pull' && projects.find(project)?.isPublic === true;
}
