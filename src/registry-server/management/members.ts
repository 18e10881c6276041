import { refuse } from '#base';
import { jsonReply, reply } from '../api/reply.ts';
import { type ManagementRoute, needProject, type Visit } from './visit.ts';

/** Which user has which role in a project: the matter of the project's admins. */
export const memberRoutes: readonly ManagementRoute[] = [
  { method: 'GET', path: '/api/projects/:project/members', run: listMembers },
  { method: 'PUT', path: '/api/projects/:project/members/:user', run: setMember },
  { method: 'DELETE', path: '/api/projects/:project/members/:user', run: removeMember },
];

function listMembers(visit: Visit) {
  return jsonReply(visit.accounts.projects.listMembers(needProject(visit, 'members')));
}

function setMember(visit: Visit) {
  const project = needProject(visit, 'members');
  const role = visit.body().role('role');
  const { name } = visit.accounts.user(visit.param('user'));
  visit.accounts.projects.setRole(project, name, role);
  return reply(204);
}

function removeMember(visit: Visit) {
  const project = needProject(visit, 'members');
  const user = visit.param('user');
  const isMember = visit.accounts.projects.roleOf(project, user) !== undefined;
  refuse(!isMember, `${user} is no member of ${project}`, 'notFound');
  visit.accounts.projects.removeMember(project, user);
  return reply(204);
}
