import { refuse } from '#base';
import type { ProjectView } from '#registry-api';
import { roleIn } from '../access/roles.ts';
import { jsonReply, reply } from '../api/reply.ts';
import { type ManagementRoute, may, needAdmin, needProject, type Visit } from './visit.ts';

/** Projects as such: administrators make and remove them, and set quotas. */
export const projectRoutes: readonly ManagementRoute[] = [
  { method: 'GET', path: '/api/projects', run: listProjects },
  { method: 'POST', path: '/api/projects', run: addProject },
  { method: 'PATCH', path: '/api/projects/:project', run: changeProject },
  { method: 'DELETE', path: '/api/projects/:project', run: removeProject },
];

/** Those that were set up, and those of which there are repositories all the same. */
function listProjects(visit: Visit) {
  const { accounts, registry } = visit;
  const names = new Set([...accounts.projects.list().map(({ name }) => name), ...registry.listProjects()]);
  const seen = [...names].filter((name) => may(visit, name, 'pull')).sort();
  return jsonReply(seen.map((name) => describe(visit, name)));
}

function addProject(visit: Visit) {
  needAdmin(visit);
  const body = visit.body();
  const name = body.text('name');
  visit.accounts.addProject(name, body.optionalSwitch('isPublic') ?? false, body.optionalWhole('quotaBytes'));
  return jsonReply(describe(visit, name));
}

function changeProject(visit: Visit) {
  const name = needProject(visit, 'visibility');
  const body = visit.body();
  if (body.has('quotaBytes')) needAdmin(visit);
  const isPublic = body.optionalSwitch('isPublic');
  const quotaBytes = body.isNull('quotaBytes') ? null : body.optionalWhole('quotaBytes');
  visit.accounts.projects.change(name, {
    ...(isPublic !== undefined && { isPublic }),
    ...(quotaBytes !== undefined && { quotaBytes }),
  });
  return jsonReply(describe(visit, name));
}

function removeProject(visit: Visit) {
  needAdmin(visit);
  const name = needProject(visit, 'delete');
  refuse(
    visit.registry.listRepositoriesOf(name).length > 0,
    `project ${name} still has repositories`,
    'conflict',
  );
  visit.accounts.projects.remove(name);
  return reply(204);
}

function describe(visit: Visit, name: string): ProjectView {
  const { accounts, registry, visitor } = visit;
  const set = accounts.projects.find(name);
  const role = roleIn(accounts.projects, visitor.account, name);
  return {
    name,
    isPublic: set?.isPublic ?? false,
    ...(set?.quotaBytes !== undefined && { quotaBytes: set.quotaBytes }),
    usedBytes: registry.usedBy(name),
    repositories: registry.listRepositoriesOf(name).length,
    ...(role !== undefined && { role }),
  };
}
