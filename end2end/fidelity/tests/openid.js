/** `openid-client`, which holds to the letter of OpenID Connect. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import * as openid from 'openid-client';

import { Browser, certificate, clientId, clientSecret, contoso, dana, redirectUri, start } from '../emulator.js';

let emulator;
before(async () => (emulator = await start()));
after(() => emulator.stop());
beforeEach(() => emulator.reset());

function discovered(tenant = contoso, authentication = openid.ClientSecretPost(clientSecret)) {
  const issuer = new URL(`${emulator.base}/${tenant}/v2.0`);
  return openid.discovery(issuer, clientId, undefined, authentication);
}

/** Through the pages and back, with everything the library checks. */
async function signIn(configuration, changes = {}) {
  const checks = {
    pkceCodeVerifier: openid.randomPKCECodeVerifier(),
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce(),
  };
  const address = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access User.Read',
    code_challenge: await openid.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...changes,
  });
  const location = await new Browser().signIn(address, 'dana@contoso.com');
  return { checks, location: new URL(location) };
}

test('discovery of a tenant names its own issuer', async () => {
  const configuration = await discovered();
  const document = configuration.serverMetadata();
  assert.equal(document.issuer, `${emulator.base}/${contoso}/v2.0`);
  assert.equal(document.jwks_uri, `${emulator.base}/${contoso}/discovery/v2.0/keys`);
  assert.deepEqual(document.subject_types_supported, ['pairwise']);
  // PKCE is there without being announced.
  assert.equal(document.supportsPKCE(), false);
});

for (const [certificate, code] of [
  ['expired', 'CERT_HAS_EXPIRED'],
  ['wrong_name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['self_signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
]) {
  test(`a certificate that is ${certificate} is not accepted`, async () => {
    // An emulator of its own: connections that are open already would not shake hands again.
    const other = await start();
    try {
      await other.control('tls', certificate);
      const issuer = new URL(`${other.base}/${contoso}/v2.0`);
      await assert.rejects(openid.discovery(issuer, clientId), (problem) => {
        assert.equal(problem.cause.code ?? problem.cause.cause.code, code);
        return true;
      });
      assert.deepEqual(await other.log('discovery'), []);
    } finally {
      await other.stop();
    }
  });
}

test('discovery of an alias names no issuer a strict client accepts', async () => {
  await assert.rejects(discovered('organizations'), (problem) => {
    assert.equal(problem.code, 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED');
    assert.equal(problem.cause.body.issuer, `${emulator.base}/{tenantid}/v2.0`);
    return true;
  });
});

test('code flow with PKCE, and the ID token holds against everything the library checks', async () => {
  const configuration = await discovered();
  openid.enableNonRepudiationChecks(configuration); // the signature too, by the published keys
  const { checks, location } = await signIn(configuration);
  const tokens = await openid.authorizationCodeGrant(configuration, location, checks);
  assert.equal(tokens.token_type, 'bearer');
  assert.ok(tokens.expiresIn() > 3500 && tokens.expiresIn() <= 5400);
  assert.ok(tokens.refresh_token.length > 255);
  const claims = tokens.claims();
  assert.equal(claims.aud, clientId);
  assert.equal(claims.oid, dana);
  assert.equal(claims.tid, contoso);
  assert.equal(claims.nonce, checks.expectedNonce);
  assert.equal(claims.exp - claims.iat, 3900);
  assert.equal(claims.sid, location.searchParams.get('session_state'));
  assert.equal((await emulator.log('keys')).length, 1);
});

for (const [name, mutation, code] of [
  ['another issuer', { claims: { iss: 'https://evil.example/v2.0' } }, 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
  ['another audience', { claims: { aud: 'somebody-else' } }, 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
  ['another nonce', { claims: { nonce: 'other' } }, 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
  ['an end in the past', { claims: { exp: 1000 } }, 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'],
  ['a signature that is broken', { signature: 'broken' }, 'OAUTH_INVALID_RESPONSE'],
  ['a key that is not published', { signing_key: 'stranger-1' }, 'OAUTH_KEY_SELECTION_FAILED'],
]) {
  test(`an ID token with ${name} is refused`, async () => {
    const configuration = await discovered();
    openid.enableNonRepudiationChecks(configuration);
    await emulator.control('mutations', mutation);
    const { checks, location } = await signIn(configuration);
    await assert.rejects(openid.authorizationCodeGrant(configuration, location, checks), { code });
  });
}

test('a rotated key is found in the key set', async () => {
  const configuration = await discovered();
  openid.enableNonRepudiationChecks(configuration);
  const first = await signIn(configuration);
  await openid.authorizationCodeGrant(configuration, first.location, first.checks);
  await emulator.control('keys', 'rotate');
  const fresh = await discovered();
  openid.enableNonRepudiationChecks(fresh);
  const { checks, location } = await signIn(fresh);
  const tokens = await openid.authorizationCodeGrant(fresh, location, checks);
  assert.equal(tokens.claims().oid, dana);
});

test('refreshing rotates, and the old token stays good', async () => {
  const configuration = await discovered();
  const { checks, location } = await signIn(configuration);
  const first = await openid.authorizationCodeGrant(configuration, location, checks);
  const second = await openid.refreshTokenGrant(configuration, first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(second.claims().sub, first.claims().sub);
  const again = await openid.refreshTokenGrant(configuration, first.refresh_token);
  assert.ok(again.access_token);
});

test('a code is good once, and the error has Microsoft\'s members', async () => {
  const configuration = await discovered();
  const { checks, location } = await signIn(configuration);
  await openid.authorizationCodeGrant(configuration, location, checks);
  await assert.rejects(openid.authorizationCodeGrant(configuration, location, checks), (problem) => {
    assert.ok(problem instanceof openid.ResponseBodyError, problem.constructor.name);
    assert.equal(problem.status, 400);
    assert.equal(problem.error, 'invalid_grant');
    assert.match(problem.error_description, /^AADSTS54005: /);
    const body = problem.cause;
    assert.deepEqual(body.error_codes, [54005]);
    assert.match(body.timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
    assert.match(body.correlation_id, /^[0-9a-f-]{36}$/);
    assert.match(body.trace_id, /^[0-9a-f-]{36}$/);
    return true;
  });
});

test('a cancelled sign-in is access_denied without a description', async () => {
  const configuration = await discovered();
  const state = openid.randomState();
  const address = openid.buildAuthorizationUrl(configuration, { redirect_uri: redirectUri, scope: 'openid', state });
  const browser = new Browser();
  const { location } = await browser.press(await browser.open(address), 'action', 'cancel');
  const grant = openid.authorizationCodeGrant(configuration, new URL(location), { expectedState: state });
  await assert.rejects(grant, (problem) => {
    assert.ok(problem instanceof openid.AuthorizationResponseError, problem.constructor.name);
    assert.equal(problem.error, 'access_denied');
    assert.equal(problem.error_description, undefined);
    assert.equal(problem.cause.get('error_subcode'), 'cancel');
    return true;
  });
});

test('prompt=none without a session is login_required', async () => {
  const configuration = await discovered();
  const { checks, location } = await signIn(configuration, { prompt: 'none' });
  await assert.rejects(openid.authorizationCodeGrant(configuration, location, checks), (problem) => {
    assert.equal(problem.error, 'login_required');
    assert.match(problem.error_description, /^AADSTS50058: /);
    return true;
  });
});

test('client credentials by every kind of client authentication', async () => {
  const own = certificate('tenant-1');
  await emulator.control('registration', { certificates: [{ certificate: own.certificate }] });
  const scope = { scope: 'https://graph.microsoft.com/.default' };
  for (const authentication of [openid.ClientSecretPost(clientSecret), openid.ClientSecretBasic(clientSecret)]) {
    const tokens = await openid.clientCredentialsGrant(await discovered(contoso, authentication), scope);
    assert.equal(tokens.id_token, undefined);
    assert.equal(tokens.refresh_token, undefined);
    assert.equal(tokens.token_type, 'bearer');
  }
  const pem = own.privateKey.replace(/-----[^-]+-----|\s/g, '');
  const algorithm = { name: 'RSA-PSS', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('pkcs8', Buffer.from(pem, 'base64'), algorithm, false, ['sign']);
  const thumbprint = Buffer.from(own.sha256, 'hex').toString('base64url');
  const signed = openid.PrivateKeyJwt(key, {
    [openid.modifyAssertion]: (header, payload) => {
      header['x5t#S256'] = thumbprint;
      // The library names the issuer, which Entra takes as well as its token endpoint.
      assert.equal(String(payload.aud), `${emulator.base}/${contoso}/v2.0`);
    },
  });
  const tokens = await openid.clientCredentialsGrant(await discovered(contoso, signed), scope);
  const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url'));
  assert.equal(claims.appidacr, '2');
});

test('a wrong secret is 401 invalid_client', async () => {
  const configuration = await discovered(contoso, openid.ClientSecretBasic('wrong'));
  const grant = openid.clientCredentialsGrant(configuration, { scope: 'https://graph.microsoft.com/.default' });
  await assert.rejects(grant, (problem) => {
    assert.equal(problem.status, 401);
    assert.equal(problem.error, 'invalid_client');
    assert.deepEqual(problem.cause.error_codes, [7000215]);
    return true;
  });
});

test('signing out leads back to a registered address', async () => {
  const configuration = await discovered();
  const browser = new Browser();
  const address = openid.buildAuthorizationUrl(configuration, { redirect_uri: redirectUri, scope: 'openid', state: 's' });
  await browser.signIn(address, 'dana@contoso.com');
  const leave = (to) => openid.buildEndSessionUrl(configuration, { post_logout_redirect_uri: to, state: 'x' });
  const back = await browser.open(leave(redirectUri));
  assert.equal(back.location, `${redirectUri}?state=x`);
  await browser.signIn(address, 'dana@contoso.com');
  const stays = await browser.open(leave('http://localhost:3000/elsewhere'));
  assert.equal(stays.location, null);
  assert.match(stays.page, /is not registered for this application/);
});
