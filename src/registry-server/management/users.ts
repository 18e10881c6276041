import type { UserView } from '#registry-api';
import type { Account } from '../accounts/account-records.ts';
import { jsonReply, reply } from '../api/reply.ts';
import { Refusal } from '../refusal.ts';
import { type ManagementRoute, needAdmin, type Visit } from './visit.ts';

/** Users: the administrators' matter, but for one's own password. */
export const userRoutes: readonly ManagementRoute[] = [
  { method: 'GET', path: '/api/users', run: listUsers },
  { method: 'POST', path: '/api/users', run: addUser },
  { method: 'DELETE', path: '/api/users/:user', run: removeUser },
  { method: 'PUT', path: '/api/users/:user/password', run: setPassword },
];

function listUsers(visit: Visit) {
  needAdmin(visit);
  return jsonReply(visit.accounts.records.listUsers().map(describe));
}

async function addUser(visit: Visit) {
  needAdmin(visit);
  const body = visit.body();
  const isAdmin = body.optionalSwitch('isAdmin') ?? false;
  const account = await visit.accounts.addUser(body.text('name'), body.text('password'), isAdmin);
  return jsonReply(describe(account));
}

function removeUser(visit: Visit) {
  needAdmin(visit);
  visit.accounts.removeUser(visit.param('user'));
  return reply(204);
}

async function setPassword(visit: Visit) {
  const { account } = visit.visitor;
  const name = visit.param('user');
  if (!account.isAdmin && account.name !== name) throw new Refusal('DENIED', 'you may not do that');
  await visit.accounts.setPassword(name, visit.body().text('password'));
  return reply(204);
}

function describe({ name, isAdmin, createdMs }: Account): UserView {
  return { name, isAdmin, createdMs };
}
