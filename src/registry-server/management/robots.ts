import { refuse } from '#base';
import type { RobotView } from '#registry-api';
import { includesRole } from '../access/roles.ts';
import type { Account } from '../accounts/account-records.ts';
import { jsonReply, reply } from '../api/reply.ts';
import { type ManagementRoute, needProject, type Visit } from './visit.ts';

/** Accounts for machines: the matter of a project's maintainers. */
export const robotRoutes: readonly ManagementRoute[] = [
  { method: 'GET', path: '/api/projects/:project/robots', run: listRobots },
  { method: 'POST', path: '/api/projects/:project/robots', run: addRobot },
  { method: 'DELETE', path: '/api/projects/:project/robots/:robot', run: removeRobot },
];

function listRobots(visit: Visit) {
  const project = needProject(visit, 'robots');
  return jsonReply(visit.accounts.records.listRobots(project).flatMap(describe));
}

async function addRobot(visit: Visit) {
  const project = needProject(visit, 'robots');
  const body = visit.body();
  const role = body.role('role');
  // A robot can't change a project, and nobody gives more than he has, for a maintainer is the least who comes here.
  refuse(!includesRole('maintainer', role), 'role: a robot is guest, developer or maintainer');
  const robot = { project, role, expiresMs: body.optionalWhole('expiresMs') };
  return jsonReply(await visit.accounts.addRobot(body.text('name'), robot));
}

function removeRobot(visit: Visit) {
  visit.accounts.removeRobot(needProject(visit, 'robots'), visit.param('robot'));
  return reply(204);
}

function describe({ name, createdMs, robot }: Account): RobotView[] {
  if (robot === undefined) return [];
  const { role, expiresMs } = robot;
  return [{ fullName: name, role, createdMs, ...(expiresMs !== undefined && { expiresMs }) }];
}
