import { EngineError, refuse } from '#base';
import type { CollectedView, RetentionRule } from '#registry-api';
import { jsonReply, reply } from '../api/reply.ts';
import type { ExpiredTag } from '../retention/retention.ts';
import type { Fields } from './fields.ts';
import { type ManagementRoute, need, needProject, type Visit } from './visit.ts';

const mostRules = 100;
const longestPattern = 255;

/** Which tags go: the matter of a project's maintainers. */
export const retentionRoutes: readonly ManagementRoute[] = [
  { method: 'GET', path: '/api/projects/:project/retention', run: getRules },
  { method: 'PUT', path: '/api/projects/:project/retention', run: setRules },
  { method: 'GET', path: '/api/projects/:project/retention/expired', run: listExpired },
  { method: 'POST', path: '/api/projects/:project/retention/apply', run: apply },
];

function getRules(visit: Visit) {
  return jsonReply(rulesOf(visit, needProject(visit, 'retention')));
}

/** The rules that were read are sent along, so that of two who write at once the second is told of the first. */
function setRules(visit: Visit) {
  const project = needProject(visit, 'retention');
  const body = visit.body();
  const rules = body.list('rules').map(readRule);
  refuse(rules.length > mostRules, `want at most ${mostRules} rules`);
  const were = body.has('were') ? body.list('were').map(readRule) : undefined;
  if (were !== undefined && JSON.stringify(were) !== JSON.stringify(rulesOf(visit, project)))
    throw new EngineError('conflict', 'somebody else has changed the rules: read them again');
  visit.accounts.projects.setRetention(project, rules);
  return reply(204);
}

function listExpired(visit: Visit) {
  return jsonReply(describe(visit.retention.listExpired(needProject(visit, 'retention'))));
}

async function apply(visit: Visit) {
  const project = needProject(visit, 'retention');
  need(visit, project, 'delete');
  return jsonReply(describe(await visit.retention.apply(project)));
}

function rulesOf({ accounts }: Visit, project: string): readonly RetentionRule[] {
  return accounts.projects.find(project)?.retention ?? [];
}

function readRule(fields: Fields): RetentionRule {
  const repositories = fields.optionalText('repositories');
  const tags = fields.text('tags');
  const [olderThanMs, keepNewest] = [fields.optionalWhole('olderThanMs'), fields.optionalWhole('keepNewest')];
  const longest = Math.max(tags.length, repositories?.length ?? 0);
  refuse(longest > longestPattern, `a pattern has at most ${longestPattern} characters`);
  return {
    ...(repositories !== undefined && { repositories }),
    tags,
    ...(olderThanMs !== undefined && { olderThanMs }),
    ...(keepNewest !== undefined && { keepNewest }),
  };
}

function describe(expired: readonly ExpiredTag[]): CollectedView {
  return { tags: expired.map(({ repository, tag }) => `${repository}:${tag}`) };
}
