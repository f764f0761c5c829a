/** A directory as `@microsoft/microsoft-graph-client` walks it: members, searches, memberships, and what is in the way. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import graphClient from '@microsoft/microsoft-graph-client';

import { appToken, clientWith, contoso, failure, start } from '../emulator.js';

const { BatchRequestContent, BatchResponseContent, PageIterator } = graphClient;
const eventual = { ConsistencyLevel: 'eventual' };
let emulator;
before(async () => (emulator = await start()));
after(() => emulator.stop());
beforeEach(() => emulator.reset());

/** The application with these permissions and no others. */
async function appOnly(...roles) {
  if (roles.length > 0) {
    await emulator.control('mutations', { token: 'access_token', claims: { roles } });
  }
  return clientWith(emulator, await appToken(emulator));
}

async function crowd(people) {
  const { id } = await emulator.control('groups/crowd', { tenant: contoso, group: 'Everybody', size: { people } });
  return id;
}

async function group(name) {
  const { groups } = await emulator.control(`tenant?tenant=${contoso}`);
  return groups.find((one) => one.name === name).id;
}

async function walk(client, first, options) {
  const seen = [];
  await new PageIterator(client, first, (object) => seen.push(object) > 0, options).iterate();
  return seen;
}

test('the iterator walks the transitive members of a large group', async () => {
  const client = await appOnly();
  const everybody = await crowd(5_000);
  const members = client.api(`/groups/${everybody}/transitiveMembers`).select(['id', 'displayName', 'mail']).top(999);
  const seen = await walk(client, await members.get());
  assert.equal(new Set(seen.map((person) => person.id)).size, 5_000);
  assert.ok(seen.every((person) => person['@odata.type'] === '#microsoft.graph.user'));
  assert.equal(seen.filter((person) => person.mail === null).length, 150);
  assert.equal((await emulator.log(`graph/groups/${everybody}/transitiveMembers`)).length, 6);
});

test('a cast with its header is counted and complete; without it the second page is an error', async () => {
  const client = await appOnly();
  const everybody = await crowd(250);
  const people = client.api(`/groups/${everybody}/transitiveMembers/microsoft.graph.user`).select('id').top(100);
  const first = await people.get();
  assert.equal(first.value.length, 100);
  assert.equal('@odata.count' in first, false);
  const problem = await failure(walk(client, first));
  assert.equal(problem.statusCode, 400);
  assert.equal(problem.code, 'Request_UnsupportedQuery');

  const counted = await people.count(true).headers(eventual).get();
  assert.equal(counted['@odata.count'], 250);
  assert.match(counted['@odata.context'], /\$metadata#users\(id\)$/);
  assert.equal('@odata.type' in counted.value[0], false);
  assert.equal((await walk(client, counted, { headers: eventual })).length, 250);
  const text = await client.api(`/groups/${everybody}/members/$count`).headers(eventual).get();
  assert.equal(text, '250');
});

test('without a permission for people every name is null and nobody is missing', async () => {
  const everybody = await crowd(20);
  for (const [roles, name, principal] of [
    [['GroupMember.Read.All'], false, false],
    [['GroupMember.Read.All', 'User.ReadBasic.All'], true, false],
    [['GroupMember.Read.All', 'User.Read.All'], true, true],
  ]) {
    const client = await appOnly(...roles);
    const page = await client.api(`/groups/${everybody}/members`).get();
    assert.equal(page.value.length, 20);
    for (const member of page.value) {
      assert.equal(typeof member.id, 'string');
      assert.equal(member.displayName !== null, name);
      assert.equal(member.userPrincipalName !== null, principal);
      assert.ok('mail' in member, 'null, and there');
    }
  }
});

test('the members of a hidden group are not there, and nothing says so', async () => {
  const board = await group('Board Papers');
  const blind = await appOnly('GroupMember.Read.All', 'User.Read.All');
  assert.deepEqual((await blind.api(`/groups/${board}/members`).get()).value, []);
  assert.deepEqual((await blind.api(`/groups/${board}/transitiveMembers`).get()).value, []);
  const seeing = await appOnly('GroupMember.Read.All', 'User.Read.All', 'Member.Read.Hidden');
  assert.equal((await seeing.api(`/groups/${board}/members`).get()).value.length, 1);
});

test('a renamed group keeps its id, a deleted one is not found, and dynamic and synchronised ones say so', async () => {
  const client = await appOnly();
  const operators = await group('SonicSaaS-Operators');
  const change = (set) => emulator.control('groups/change', { tenant: contoso, group: operators, set });
  await change({ name: 'Night Shift', on_premises: true, group_types: ['DynamicMembership'], membership_rule: 'user.city -eq "Oslo"' });
  const renamed = await client.api(`/groups/${operators}`).get();
  assert.deepEqual(
    [renamed.displayName, renamed.onPremisesSyncEnabled, renamed.groupTypes, renamed.membershipRule],
    ['Night Shift', true, ['DynamicMembership'], 'user.city -eq "Oslo"'],
  );
  await emulator.control('groups/remove', { tenant: contoso, group: operators });
  for (const path of [`/groups/${operators}`, `/groups/${operators}/members`]) {
    const problem = await failure(client.api(path).get());
    assert.equal(problem.statusCode, 404);
    assert.equal(problem.code, 'Request_ResourceNotFound');
  }
});

test('the index lags behind: the search says what was, the object says what is', async () => {
  const client = await appOnly();
  await emulator.control('clock', { fixed: 1_800_000_000 });
  const fresh = await appOnly();
  await emulator.control('settings', { index_lag: 60 });
  const { id } = await emulator.control('groups/add', { tenant: contoso, group: { name: 'Quite New' } });
  const search = () => fresh.api('/groups').search('"displayName:quite"').count(true).headers(eventual).get();
  assert.equal((await search())['@odata.count'], 0);
  assert.equal((await fresh.api(`/groups/${id}`).get()).displayName, 'Quite New');
  await emulator.control('clock', { advance: 60 });
  assert.equal((await search())['@odata.count'], 1);
  assert.ok(client);
});

test('sixteen ids in one filter are too many, and a filter with an order needs the header', async () => {
  const client = await appOnly();
  const { groups } = await emulator.control(`tenant?tenant=${contoso}`);
  const listed = (count) => {
    const ids = groups.filter((one) => !one.deleted).slice(0, count);
    return `id in (${ids.map((one) => `'${one.id}'`).join(',')})`;
  };
  const fifteen = await client.api('/groups').filter(listed(15)).get();
  assert.equal(fifteen.value.length, 15);
  const problem = await failure(client.api('/groups').filter(listed(16)).get());
  assert.equal(problem.code, 'Request_UnsupportedQuery');
  assert.match(problem.message, /'OR' operators: 16\. Max allowed: 15\./);

  const ordered = client.api('/groups').filter('securityEnabled eq true').orderby('displayName').top(5);
  assert.equal((await failure(ordered.get())).code, 'Request_UnsupportedQuery');
  const good = await ordered.count(true).headers(eventual).get();
  assert.equal(good.value.length, 5);
});

test('people by address, and many objects by their ids', async () => {
  const client = await appOnly();
  const either = "mail eq 'dana@contoso.com' or userPrincipalName eq 'dana@contoso.com'";
  const fields = ['id', 'displayName', 'mail', 'userPrincipalName', 'accountEnabled', 'userType'];
  const found = await client.api('/users').filter(either).select(fields).get();
  assert.deepEqual(Object.keys(found.value[0]).filter((name) => !name.startsWith('@')).sort(), fields.toSorted());
  const by = await client.api('/users/dana@contoso.com').select(fields).get();
  assert.equal(by.id, found.value[0].id);
  const many = client.api('/directoryObjects/getByIds');
  const objects = await many.post({ ids: [by.id, await group('All Staff')], types: ['user', 'group'] });
  assert.deepEqual(
    objects.value.map((one) => one['@odata.type']),
    ['#microsoft.graph.user', '#microsoft.graph.group'],
  );
  const problem = await failure(many.post({ ids: Array.from({ length: 1_001 }, () => by.id) }));
  assert.match(problem.message, /cannot exceed '1000'/);
});

test('memberships of one of fifty thousand', async () => {
  const client = await appOnly();
  const everybody = await crowd(50_000);
  const person = await client.api('/users/everybody.40007@contoso.com').get();
  const ask = client.api(`/users/${person.id}/checkMemberGroups`);
  assert.deepEqual((await ask.post({ groupIds: [everybody, await group('All Staff')] })).value, [everybody]);
  const over = await failure(ask.post({ groupIds: Array.from({ length: 21 }, () => everybody) }));
  assert.equal(over.code, 'Request_BadRequest');
  await emulator.control('users/group-count', { tenant: contoso, user: person.id, count: 11_001 });
  const objects = client.api(`/users/${person.id}/getMemberObjects`);
  const many = await failure(objects.post({ securityEnabledOnly: true }));
  assert.equal(many.code, 'Directory_ResultSizeLimitExceeded');
  const listed = client.api(`/users/${person.id}/transitiveMemberOf`).select('id').top(999);
  assert.equal((await walk(client, await listed.get())).length, 11_001, 'pages have no limit');
});

test('one part of a batch is throttled, the order is another, and the retry of that part succeeds', async () => {
  const client = await appOnly();
  const [staff, operators] = [await group('All Staff'), await group('SonicSaaS-Operators')];
  await emulator.control('faults', { route: `graph/groups/${staff}`, status: 429, retry_after: { text: '0.25' }, times: 1 });
  const step = (id, of) => ({ id, request: new Request(`${emulator.base}/groups/${of}/members?$select=id`, { method: 'GET' }) });
  const ask = async (...steps) => {
    const content = new BatchRequestContent(steps);
    return new BatchResponseContent(await client.api('/$batch').post(await content.getContent()));
  };
  const answer = await ask(step('a', staff), step('b', operators));
  assert.deepEqual([...answer.getResponses().keys()], ['b', 'a']);
  assert.equal(answer.getResponseById('b').status, 200);
  const throttled = answer.getResponseById('a');
  assert.deepEqual([throttled.status, throttled.headers.get('retry-after')], [429, '0.25']);
  assert.equal((await throttled.json()).error.code, 'TooManyRequests');
  assert.equal((await ask(step('a', staff))).getResponseById('a').status, 200);
});

test('a bucket of resource units that is empty is waited for by the client itself', async () => {
  const client = await appOnly();
  await emulator.control('settings', { resource_unit_limit: 2 });
  // The window ends within a second of the emulator's clock, so the wait is short.
  const { now } = await emulator.control('clock');
  await emulator.control('clock', { advance: 9 - (now % 10) });
  await client.api('/groups').top(1).get();
  await client.api('/groups').top(1).get();
  const third = await client.api('/groups').top(1).get();
  assert.equal(third.value.length, 1);
});
