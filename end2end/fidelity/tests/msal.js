/** `@azure/msal-node`, as a web application uses it. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import {
  AuthError,
  ClientAuthError,
  ConfidentialClientApplication,
  CryptoProvider,
  InteractionRequiredAuthError,
  ServerError,
} from '@azure/msal-node';

import {
  Browser,
  certificate,
  clientId,
  clientSecret,
  contoso,
  dana,
  fabrikam,
  foreignToken,
  redirectUri,
  start,
} from '../emulator.js';

const graph = ['https://graph.microsoft.com/.default'];
const nonce = 'the-nonce';
const wanted = ['openid', 'profile', 'email', 'offline_access', 'User.Read'];
let emulator;
before(async () => (emulator = await start()));
after(() => emulator.stop());
beforeEach(() => emulator.reset());

function application(tenant, credential = { clientSecret }) {
  return new ConfidentialClientApplication({
    auth: {
      clientId,
      authority: `${emulator.base}/${tenant}`,
      knownAuthorities: [emulator.host],
      ...credential,
    },
    // Its own retry would only slow a refusal down.
    system: { disableInternalRetries: true },
  });
}

/** The code flow with PKCE, from the address to what the redirect brought. */
async function codeFor(client, person, changes = {}) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const request = { scopes: wanted, redirectUri, state: 'the-state', ...changes };
  const address = await client.getAuthCodeUrl({
    ...request,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
    nonce,
  });
  const location = new URL(await new Browser().signIn(address, person));
  return { verifier, request, answer: Object.fromEntries(location.searchParams) };
}

/** Redeems what came back; the library compares state and nonce. */
function redeem(client, { verifier, request, answer }) {
  return client.acquireTokenByCode({ ...request, nonce, code: answer.code, codeVerifier: verifier }, answer);
}

async function signedIn(client, person) {
  return redeem(client, await codeFor(client, person));
}

test('code flow with PKCE: account, claims and tokens', async () => {
  const client = application('organizations');
  const result = await signedIn(client, 'dana@contoso.com');
  assert.equal(result.account.homeAccountId, `${dana}.${contoso}`);
  assert.equal(result.account.username, 'dana@contoso.com');
  assert.equal(result.tenantId, contoso);
  assert.equal(result.tokenType, 'Bearer');
  assert.equal(result.fromCache, false);
  const claims = result.idTokenClaims;
  assert.equal(claims.iss, `${emulator.base}/${contoso}/v2.0`);
  assert.equal(claims.aud, clientId);
  assert.equal(claims.oid, dana);
  assert.equal(claims.nonce, 'the-nonce');
  assert.equal(claims.ver, '2.0');
  assert.equal(claims.groups.length, 3);
  assert.ok(result.scopes.some((scope) => scope.endsWith('User.Read')), result.scopes.join(' '));
  const lifetime = (result.expiresOn.getTime() - Date.now()) / 1000;
  assert.ok(lifetime > 3500 && lifetime <= 5400, `${lifetime}`);

  const sent = (await emulator.log('token')).at(-1);
  const form = Object.fromEntries(sent.form);
  assert.equal(form.grant_type, 'authorization_code');
  assert.equal(form.client_info, '1');
  assert.ok(form.code_verifier.length >= 43);
});

test('a verifier that does not fit is invalid_grant', async () => {
  const client = application('organizations');
  const back = await codeFor(client, 'dana@contoso.com');
  await assert.rejects(redeem(client, { ...back, verifier: 'x'.repeat(43) }), (problem) => {
    assert.ok(problem instanceof ServerError, problem.name);
    assert.equal(problem.errorCode, 'invalid_grant');
    assert.match(problem.errorMessage, /AADSTS501481/);
    assert.equal(problem.errorNo, 501481);
    assert.match(problem.correlationId, /^[0-9a-f-]{36}$/);
    return true;
  });
});

test('a code is good once: AADSTS54005', async () => {
  const client = application('organizations');
  const back = await codeFor(client, 'dana@contoso.com');
  await redeem(client, back);
  await assert.rejects(redeem(application('organizations'), back), { errorCode: 'invalid_grant', message: /AADSTS54005/ });
});

test('silently from the cache, and by the refresh token when forced', async () => {
  const client = application('organizations');
  const first = await signedIn(client, 'dana@contoso.com');
  const cached = await client.acquireTokenSilent({ account: first.account, scopes: ['User.Read'] });
  assert.equal(cached.fromCache, true);
  assert.equal(cached.accessToken, first.accessToken);
  const fresh = await client.acquireTokenSilent({
    account: first.account,
    scopes: ['User.Read'],
    forceRefresh: true,
  });
  assert.equal(fresh.fromCache, false);
  assert.notEqual(fresh.accessToken, first.accessToken);
  const grants = (await emulator.log('token')).map((entry) => Object.fromEntries(entry.form).grant_type);
  assert.deepEqual(grants, ['authorization_code', 'refresh_token']);
  // What was refreshed is rotated: the next refresh sends another token than the first did.
  await client.acquireTokenSilent({ account: first.account, scopes: ['User.Read'], forceRefresh: true });
  const refreshes = (await emulator.log('token')).slice(1).map((entry) => Object.fromEntries(entry.form).refresh_token);
  assert.equal(new Set(refreshes).size, 2);
});

test('revoked sessions want a new sign-in', async () => {
  const client = application('organizations');
  const { account } = await signedIn(client, 'dana@contoso.com');
  await emulator.control('users/revoke', { tenant: 'contoso.com', user: 'dana@contoso.com' });
  const refresh = client.acquireTokenSilent({ account, scopes: ['User.Read'], forceRefresh: true });
  await assert.rejects(refresh, (problem) => {
    assert.ok(problem instanceof InteractionRequiredAuthError, problem.name);
    assert.equal(problem.errorCode, 'invalid_grant');
    assert.equal(problem.subError, 'bad_token');
    assert.match(problem.errorMessage, /AADSTS50173/);
    return true;
  });
});

test('a second factor is interaction_required with the claims to pass on', async () => {
  const client = application('organizations');
  const { account } = await signedIn(client, 'dana@contoso.com');
  await emulator.control('installation', { tenant: 'contoso.com', set: { conditional_access: 'multi_factor' } });
  const refresh = client.acquireTokenSilent({ account, scopes: ['User.Read'], forceRefresh: true });
  const problem = await refresh.then(
    () => assert.fail('no second factor was wanted'),
    (problem) => problem,
  );
  assert.ok(problem instanceof InteractionRequiredAuthError, problem.name);
  assert.equal(problem.subError, 'basic_action');
  assert.match(problem.errorMessage, /AADSTS50076/);
  assert.ok(JSON.parse(problem.claims).access_token.polids.Values.length > 0);
  // With them the person comes back with a code that is good.
  const back = await codeFor(client, 'dana@contoso.com', { claims: problem.claims });
  const result = await redeem(client, back);
  assert.equal(result.account.username, 'dana@contoso.com');
});

test('client credentials with a secret, then from the cache', async () => {
  const client = application(contoso);
  const first = await client.acquireTokenByClientCredential({ scopes: graph });
  const claims = JSON.parse(Buffer.from(first.accessToken.split('.')[1], 'base64url'));
  assert.deepEqual(claims.roles, ['Group.Read.All', 'GroupMember.Read.All', 'User.Read.All']);
  assert.equal(claims.tid, contoso);
  assert.equal(claims.appidacr, '1');
  assert.equal(first.account, null);
  const second = await client.acquireTokenByClientCredential({ scopes: graph });
  assert.equal(second.fromCache, true);
  assert.equal((await emulator.log('token')).length, 1);
});

test('a domain is as good as the tenant id', async () => {
  const result = await application('contoso.com').acquireTokenByClientCredential({ scopes: graph });
  assert.equal(JSON.parse(Buffer.from(result.accessToken.split('.')[1], 'base64url')).tid, contoso);
});

for (const [thumbprint, algorithm, member] of [
  ['thumbprintSha256', 'PS256', 'x5t#S256'],
  ['thumbprint', 'RS256', 'x5t'],
]) {
  test(`client credentials with a certificate: ${algorithm} and ${member}`, async () => {
    const own = certificate('tenant-1');
    await emulator.control('registration', { certificates: [{ certificate: own.certificate }] });
    const clientCertificate = {
      privateKey: own.privateKey,
      [thumbprint]: thumbprint === 'thumbprint' ? own.sha1 : own.sha256,
    };
    const client = application(contoso, { clientCertificate });
    const result = await client.acquireTokenByClientCredential({ scopes: graph });
    const claims = JSON.parse(Buffer.from(result.accessToken.split('.')[1], 'base64url'));
    assert.equal(claims.appidacr, '2');
    const form = Object.fromEntries((await emulator.log('token')).at(-1).form);
    const header = JSON.parse(Buffer.from(form.client_assertion.split('.')[0], 'base64url'));
    assert.equal(header.alg, algorithm);
    assert.ok(header[member]);
    assert.equal(form.client_secret, undefined);
  });
}

test('a certificate that is not registered is AADSTS700027', async () => {
  const stranger = certificate('stranger-1');
  const clientCertificate = { privateKey: stranger.privateKey, thumbprintSha256: stranger.sha256 };
  const client = application(contoso, { clientCertificate });
  await assert.rejects(client.acquireTokenByClientCredential({ scopes: graph }), {
    errorCode: 'invalid_client',
    message: /AADSTS700027.*The key was not found/,
  });
});

test('a federated credential: the token of another issuer is the credential', async () => {
  const issuer = certificate('stranger-1');
  const names = { issuer: 'https://cluster.example', subject: 'system:serviceaccount:sonicsaas:server' };
  await emulator.control('registration', {
    federated_credentials: [{ ...names, keys: [issuer.publicKey] }],
  });
  const claims = {
    iss: names.issuer,
    sub: names.subject,
    aud: 'api://AzureADTokenExchange',
    exp: Math.floor(Date.now() / 1000) + 600,
  };
  const asks = (changes) =>
    application(contoso, {
      clientAssertion: async () => foreignToken(issuer.privateKey, { ...claims, ...changes }),
    }).acquireTokenByClientCredential({ scopes: graph });
  assert.equal((await asks({})).tokenType, 'Bearer');
  for (const [changes, code] of [
    [{ iss: 'https://Cluster.example' }, 700211],
    [{ sub: 'system:serviceaccount:sonicsaas:Server' }, 700213],
  ]) {
    await assert.rejects(asks(changes), { errorCode: 'invalid_client', errorNo: code });
  }
});

for (const [name, prepare, tenant, credential, code, errorCode] of [
  ['a wrong secret', null, contoso, { clientSecret: 'wrong' }, 7000215, 'invalid_client'],
  [
    'an expired secret',
    ['registration', { secrets: [{ value: clientSecret, expires: 1000 }] }],
    contoso,
    undefined,
    7000222,
    'invalid_client',
  ],
  [
    'no service principal',
    ['installation', { tenant: 'fabrikam.com', set: { service_principal: null } }],
    fabrikam,
    undefined,
    7000229,
    'invalid_client',
  ],
  [
    'a disabled application',
    ['installation', { tenant: 'contoso.com', set: { enabled: false } }],
    contoso,
    undefined,
    7000112,
    'unauthorized_client',
  ],
  [
    'a policy that blocks',
    ['installation', { tenant: 'contoso.com', set: { conditional_access: 'block' } }],
    contoso,
    undefined,
    53003,
    'invalid_grant',
  ],
]) {
  test(`${name} is ${errorCode} with AADSTS${code}`, async () => {
    if (prepare) await emulator.control(...prepare);
    const client = application(tenant, credential);
    await assert.rejects(client.acquireTokenByClientCredential({ scopes: graph }), (problem) => {
      assert.ok(problem instanceof AuthError, problem.name);
      assert.equal(problem.errorCode, errorCode);
      assert.match(problem.errorMessage, new RegExp(`AADSTS${code}: `));
      assert.equal(problem.errorNo, code);
      return true;
    });
  });
}

test('an unknown tenant is found out at discovery', async () => {
  const client = application('00000000-0000-0000-0000-000000000001');
  await assert.rejects(client.acquireTokenByClientCredential({ scopes: graph }), (problem) => {
    assert.ok(problem instanceof ClientAuthError, problem.name);
    assert.equal(problem.errorCode, 'endpoints_resolution_error');
    return true;
  });
  const discovery = await emulator.log('discovery');
  assert.equal(discovery[0].status, 400);
  assert.equal((await emulator.log('token')).length, 0);
});

test('a throttled token endpoint is left alone for as long as it said', async () => {
  const body = JSON.stringify({ error: 'temporarily_unavailable', error_codes: [90055] });
  await emulator.control('faults', { route: 'token', status: 429, body, retry_after: { seconds: 60 }, times: 1 });
  const client = application(contoso);
  const ask = () => client.acquireTokenByClientCredential({ scopes: graph });
  await assert.rejects(ask(), { errorCode: 'temporarily_unavailable' });
  await assert.rejects(ask(), (problem) => problem instanceof ServerError);
  assert.equal((await emulator.log('token')).length, 1, 'the second attempt was not sent');
});
