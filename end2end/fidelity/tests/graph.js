/** `@microsoft/microsoft-graph-client`, with its own middleware. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import graphClient from '@microsoft/microsoft-graph-client';

import { Browser, appToken, clientId, clientWith, contoso, dana, failure, redirectUri, start, token } from '../emulator.js';

const { BatchRequestContent, BatchResponseContent, PageIterator } = graphClient;
const admins = '26826e3d-682b-4c41-92ec-333c534526d9';
let emulator;
before(async () => (emulator = await start()));
after(() => emulator.stop());
beforeEach(() => emulator.reset());

async function appOnly(tenant) {
  return clientWith(emulator, await appToken(emulator, tenant));
}

/** In somebody's name. */
async function asPerson(person) {
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile User.Read',
  });
  const address = `${emulator.base}/organizations/oauth2/v2.0/authorize?${query}`;
  const location = new URL(await new Browser().signIn(address, person));
  const form = { grant_type: 'authorization_code', redirect_uri: redirectUri, code: location.searchParams.get('code') };
  return clientWith(emulator, await token(emulator, form, 'organizations'));
}

test('the page iterator sees every membership once', async () => {
  await emulator.control('settings', { largest_graph_page: 50 });
  const client = await asPerson('olga@contoso.com');
  const first = await client.api('/me/transitiveMemberOf').select('id').top(999).get();
  assert.equal(first.value.length, 50);
  assert.match(first['@odata.nextLink'], /\$skiptoken=/);
  const seen = [];
  const pages = new PageIterator(client, first, (group) => seen.push(group.id) > 0);
  await pages.iterate();
  assert.equal(pages.isComplete(), true);
  assert.equal(seen.length, 201);
  assert.equal(new Set(seen).size, 201);
  assert.equal((await emulator.log('graph/me/transitiveMemberOf')).length, 5);
});

test('an empty page with a link ends nothing', async () => {
  await emulator.control('settings', { largest_graph_page: 50 });
  await emulator.control('faults', { route: 'graph/me/transitiveMemberOf', page: 2, paging: 'empty' });
  const client = await asPerson('olga@contoso.com');
  const first = await client.api('/me/transitiveMemberOf').select('id').get();
  const seen = new Set();
  await new PageIterator(client, first, (group) => Boolean(seen.add(group.id))).iterate();
  assert.equal(seen.size, 201);
});

test('a later page that fails is an error of the iteration', async () => {
  await emulator.control('settings', { largest_graph_page: 50 });
  await emulator.control('faults', { route: 'graph/me/transitiveMemberOf', page: 3, status: 500 });
  const client = await asPerson('olga@contoso.com');
  const first = await client.api('/me/transitiveMemberOf').select('id').get();
  const seen = [];
  const problem = await failure(new PageIterator(client, first, (group) => seen.push(group.id) > 0).iterate());
  assert.equal(problem.statusCode, 500);
  assert.equal(problem.code, 'UnknownError');
  assert.equal(seen.length, 100);
});

test('a link to another host gets no token', async () => {
  await emulator.control('faults', {
    route: 'graph/groups',
    page: 1,
    paging: { foreign_origin: emulator.base.replace('localhost', '127.0.0.1') },
  });
  const client = await appOnly();
  const first = await client.api('/groups').get();
  const problem = await failure(new PageIterator(client, first, () => true).iterate());
  assert.equal(problem.statusCode, 401);
  assert.equal(problem.code, 'InvalidAuthenticationToken');
  const [own, foreign] = await emulator.log('graph/groups');
  assert.ok(own.headers.some(([name]) => name === 'authorization'));
  assert.ok(!foreign.headers.some(([name]) => name === 'authorization'));
});

test('$search with ConsistencyLevel, and what is said without it', async () => {
  const client = await appOnly();
  const search = client.api('/groups').search('"displayName:technicians"').count(true).select(['id', 'displayName']);
  const found = await search.header('ConsistencyLevel', 'eventual').get();
  assert.deepEqual(
    found.value.map((group) => group.displayName),
    ['Field Technicians', 'MSP-Technicians'],
  );
  assert.equal(found['@odata.count'], 2);
  assert.match(found['@odata.context'], /\$metadata#groups\(id,displayName\)$/);

  const problem = await failure(client.api('/groups').search('"displayName:technicians"').get());
  assert.equal(problem.statusCode, 400);
  assert.equal(problem.code, 'Request_UnsupportedQuery');
  assert.match(problem.message, /special request header: 'ConsistencyLevel: eventual'/);
});

test('$count is ignored in silence without ConsistencyLevel', async () => {
  const client = await appOnly();
  const silent = await client.api('/groups').count(true).top(5).get();
  assert.equal(silent.value.length, 5);
  assert.equal('@odata.count' in silent, false);
  const counted = await client.api('/groups').count(true).top(5).header('ConsistencyLevel', 'eventual').get();
  assert.ok(counted['@odata.count'] > 200);
  const text = await client.api('/groups/$count').header('ConsistencyLevel', 'eventual').get();
  assert.equal(text, `${counted['@odata.count']}`, 'text/plain, which the client leaves as it is');
});

test('the iterator sends its headers with every page of a search', async () => {
  const client = await appOnly();
  const headers = { ConsistencyLevel: 'eventual' };
  const first = await client.api('/groups').search('"displayName:project"').top(100).headers(headers).get();
  const seen = new Set();
  await new PageIterator(client, first, (group) => Boolean(seen.add(group.id)), { headers }).iterate();
  assert.equal(seen.size, 251);
  const bare = await failure(new PageIterator(client, first, () => true).iterate());
  assert.equal(bare.code, 'Request_UnsupportedQuery');
});

test('a batch: parts in any order, each with its own status', async () => {
  const client = await appOnly();
  await emulator.control('faults', {
    route: 'graph/users/*',
    status: 429,
    retry_after: { text: '2.128' },
  });
  // The library takes the host away and nothing else, so the version must not stand there.
  const address = (path) => new Request(`${emulator.base}${path}`, { method: 'GET' });
  const content = new BatchRequestContent([
    { id: 'group', request: address(`/groups/${admins}?$select=id,displayName`) },
    { id: 'nobody', request: address('/groups/00000000-0000-0000-0000-000000000001') },
    { id: 'user', request: address(`/users/${dana}`) },
  ]);
  const answer = new BatchResponseContent(await client.api('/$batch').post(await content.getContent()));
  assert.deepEqual([...answer.getResponses().keys()], ['user', 'nobody', 'group'], 'not in the order of the request');
  const group = answer.getResponseById('group');
  assert.equal(group.status, 200);
  const { id, displayName } = await group.json();
  assert.deepEqual({ id, displayName }, { id: admins, displayName: 'SonicSaaS-Admins' });
  const nobody = answer.getResponseById('nobody');
  assert.equal(nobody.status, 404);
  assert.equal((await nobody.json()).error.code, 'Request_ResourceNotFound');
  const user = answer.getResponseById('user');
  assert.equal(user.status, 429);
  assert.equal(user.headers.get('retry-after'), '2.128');
});

test('the twenty-first request of a batch is refused', async () => {
  const client = await appOnly();
  const requests = Array.from({ length: 21 }, (_, at) => ({ id: `${at}`, method: 'GET', url: '/groups?$top=1' }));
  const problem = await failure(client.api('/$batch').post({ requests }));
  assert.equal(problem.statusCode, 400);
  assert.equal(problem.code, 'MaximumValueExceeded');
});

test('error objects have code, message, date and request id', async () => {
  const client = await appOnly();
  const problem = await failure(client.api('/groups/00000000-0000-0000-0000-000000000001').get());
  assert.equal(problem.statusCode, 404);
  assert.equal(problem.code, 'Request_ResourceNotFound');
  assert.match(problem.message, /^Resource '0{8}-/);
  assert.match(problem.requestId, /^[0-9a-f-]{36}$/);
  assert.ok(Math.abs(problem.date.getTime() - Date.now()) < 24 * 3600 * 1000);
  const body = JSON.parse(problem.body);
  assert.equal(body.innerError['request-id'], problem.requestId);
  assert.equal(problem.headers.get('request-id'), problem.requestId);
});

test('no permission, no person, no token', async () => {
  const litware = await appOnly('litware.example');
  assert.equal((await failure(litware.api('/groups').get())).code, 'Authorization_RequestDenied');
  const me = await failure((await appOnly()).api('/me').get());
  assert.equal(me.statusCode, 400);
  assert.match(me.message, /only valid with delegated authentication flow/);
  const bad = await failure(clientWith(emulator, 'a.b.c').api('/groups').get());
  assert.equal(bad.statusCode, 401);
  assert.equal(bad.code, 'InvalidAuthenticationToken');
});

for (const [name, retryAfter] of [
  ['seconds with a fraction', { text: '0.05' }],
  ['whole seconds', { seconds: 0 }],
  ['a date that has passed', { date_in: -5 }],
]) {
  test(`the client's own middleware waits and tries again: ${name}`, async () => {
    await emulator.control('faults', {
      route: 'graph/groups',
      status: 429,
      retry_after: retryAfter,
      times: 2,
    });
    const client = await appOnly();
    const page = await client.api('/groups').top(1).get();
    assert.equal(page.value.length, 1);
    const asked = await emulator.log('graph/groups');
    assert.deepEqual(
      asked.map((entry) => entry.status),
      [429, 429, 200],
    );
    const attempts = asked.map((entry) => Object.fromEntries(entry.headers)['retry-attempt']);
    assert.deepEqual(attempts, [undefined, '1', '2']);
  });
}

test('a service that stays away is an error with its body', async () => {
  for (const [status, code] of [
    [429, 'TooManyRequests'],
    [503, 'serviceNotAvailable'],
    [504, 'UnknownError'],
  ]) {
    await emulator.reset();
    await emulator.control('faults', { route: 'graph/groups', status, retry_after: { text: '0.01' } });
    const problem = await failure((await appOnly()).api('/groups').get());
    assert.equal(problem.statusCode, status);
    assert.equal(problem.code, code);
    assert.equal((await emulator.log('graph/groups')).length, 4, 'three more attempts');
  }
});

test('the membership actions', async () => {
  const client = await asPerson('dana@contoso.com');
  const objects = await client.api('/me/getMemberObjects').post({ securityEnabledOnly: true });
  assert.equal(objects.value.length, 3);
  const many = Array.from({ length: 21 }, () => admins);
  const problem = await failure(client.api('/me/checkMemberGroups').post({ groupIds: many }));
  assert.equal(problem.code, 'Request_BadRequest');
  const own = await client.api('/me/checkMemberGroups').post({ groupIds: [admins, objects.value[0]] });
  assert.deepEqual(own.value, [objects.value[0]]);
  await emulator.control('settings', { member_result_limit: 2 });
  const over = await failure(client.api('/me/getMemberObjects').post({ securityEnabledOnly: true }));
  assert.equal(over.code, 'Directory_ResultSizeLimitExceeded');
  const me = await client.api('/me').get();
  assert.equal(me.id, dana);
  const organization = await client.api('/organization').get();
  assert.deepEqual(
    organization.value.map((one) => one.id),
    [contoso],
  );
});
