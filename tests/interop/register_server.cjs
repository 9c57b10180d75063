// A register of the npm package `jose` and Node's own HTTP server, for our gateway.
'use strict';
const { spawn } = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const path = require('path');
const jose = require('jose');

const folder = path.join(process.env.PRISTAN_INTEROP_WORK, 'register-keys');
const failures = [];
const same = (what, got, want) => {
  if (JSON.stringify(got) !== JSON.stringify(want)) failures.push(`${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
};
const hash = (body) => crypto.createHash('sha256').update(body).digest('base64url');
const used = new Set();

/** Checks a token of the portal; throws when it is not good. */
async function believe(request, body, portal) {
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  const { payload, protectedHeader } = await jose.jwtVerify(token, portal, {
    algorithms: ['ES256'], issuer: 'pristan', audience: 'pension', maxTokenAge: 60, requiredClaims: ['exp', 'iat', 'jti'],
  });
  same('kid', protectedHeader.kid, 'portal');
  same('life', payload.exp - payload.iat <= 60, true);
  same('op', payload.op, `${request.method} ${request.url.replace('/registers/pension', '')}`);
  same('body_sha256', payload.body_sha256, hash(body));
  same('jti is new', used.has(payload.jti), false);
  used.add(payload.jti);
}

function answer(response, status, body, headers = {}) {
  const type = status < 300 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
}

function judge(request, response, body) {
  const id = request.method === 'POST' ? JSON.parse(body).request : request.url.split('/').pop();
  if (request.method === 'POST') {
    same('idempotency key', request.headers['idempotency-key'], id);
    same('question', JSON.parse(body), {
      request: id, check: 'snils', snils: '112-233-445 95', sex: 'female',
      surname: 'Ковалёва', first_name: 'Анна', patronymic: null, birth_date: '1987-03-14',
    });
  }
  const said = (outcome) => ({ request: id, check: 'snils', answer: { outcome, fields: ['birth_date'] }, answered_at: new Date().toISOString() });
  if (id === 'now') return answer(response, 200, said('match'));
  if (id === 'busy') return answer(response, 429, { code: 'too_many' }, { 'retry-after': '7' });
  if (request.method === 'GET') return answer(response, 200, said('mismatch'));
  return answer(response, 202, { request: id, check: 'snils' }, { 'retry-after': '3' });
}

async function main() {
  const [portal, register] = [await jose.generateKeyPair('ES256', { extractable: true }), await jose.generateKeyPair('ES256', { extractable: true })];
  fs.mkdirSync(folder, { recursive: true });
  const publicPem = await jose.exportSPKI(register.publicKey);
  fs.writeFileSync(path.join(folder, 'portal.key'), await jose.exportPKCS8(portal.privateKey), { mode: 0o600 });
  fs.writeFileSync(path.join(folder, 'register.pub'), publicPem);
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      believe(request, body, portal.publicKey).then(() => judge(request, response, body), (error) => {
        failures.push(`our token is not believed: ${error}`);
        answer(response, 401, { code: 'unauthorized' });
      });
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const events = await ours(server.address().port, register, publicPem);
  same('outcomes', events.filter((one) => one.ask ?? one.collect).map((one) => one.outcome), [
    'Answered(match)', 'Answered(match)',
    'Pending { ask_again_after: Span(3000000) }', 'Answered(Mismatch([BirthDate]))',
    'Temporary { reason: "HTTP 429: too_many", retry_after: Some(Span(7000000)) }',
    'Temporary { reason: "HTTP 429: too_many", retry_after: Some(Span(7000000)) }',
  ]);
  const taken = events.filter((one) => one.webhook).map((one) => one.webhook);
  same('good webhooks', taken.slice(0, 2).map((one) => one.split(/[ (]/)[0]), ['Answered', 'Event']);
  same('forged webhooks', taken.slice(2), ['bad_token', 'bad_token', 'wrong_time', 'wrong_party', 'altered_body', 'bad_token']);
  server.close();
  if (failures.length) { console.log(`FAILED register_server.cjs: ${failures.join('\n  ')}`); process.exit(1); }
  console.log('ok     register_server.cjs');
}

/** Runs our gateway, and sends it webhooks when it listens. */
function ours(port, register, publicPem) {
  return new Promise((done, fail) => {
    const program = path.join(__dirname, '../../target/debug/examples/interop');
    const child = spawn(program, ['register', String(port), folder, '8']);
    const limit = setTimeout(() => child.kill(), 30000);
    let out = '';
    let sent = false;
    child.stderr.pipe(process.stderr);
    child.stdout.on('data', (text) => {
      out += text;
      // After the last question, so that the order is known.
      if (!sent && out.includes('"collect":"busy"')) {
        sent = true;
        const hooks = JSON.parse(out.split('\n')[0]).hooks;
        webhooks(hooks, register, publicPem).catch(fail);
      }
    });
    child.on('exit', (code) => {
      clearTimeout(limit);
      same('exit code', code, 0);
      done(out.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)));
    });
  });
}

async function webhooks(port, register, publicPem) {
  const body = JSON.stringify({ kind: 'answer', request: 'later', check: 'snils', answer: { outcome: 'no_such' } });
  const event = JSON.stringify({ kind: 'event', event: 'e1', type: 'death', subject: { snils: '112-233-445 95' } });
  const now = Math.floor(Date.now() / 1000);
  const claims = (of, changed = {}) => ({
    iss: 'pension', aud: 'pristan', iat: now, exp: now + 30, jti: crypto.randomUUID(),
    op: 'POST /hooks/registers/pension', body_sha256: hash(of), ...changed,
  });
  const header = { alg: 'ES256', kid: 'register', typ: 'JWT' };
  const signed = (of, changed) => new jose.SignJWT(claims(of, changed)).setProtectedHeader(header).sign(register.privateKey);
  const send = async (token, of) => {
    const answered = await fetch(`http://127.0.0.1:${port}/hooks/registers/pension`, {
      method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: of,
    });
    return answered.status;
  };
  const none = `${Buffer.from('{"alg":"none","kid":"register"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims(body))).toString('base64url')}.`;
  // The public key taken for a secret: what a library does that lets the sender choose the algorithm.
  const confused = await new jose.SignJWT(claims(body)).setProtectedHeader({ alg: 'HS256', kid: 'register' }).sign(new TextEncoder().encode(publicPem));
  const stranger = await jose.generateKeyPair('ES256');
  const foreign = await new jose.SignJWT(claims(body)).setProtectedHeader(header).sign(stranger.privateKey);
  const statuses = [
    await send(await signed(body), body), await send(await signed(event), event),
    await send(none, body), await send(confused, body),
    await send(await signed(body, { iat: now - 120, exp: now - 90 }), body),
    await send(await signed(body, { aud: 'another' }), body),
    await send(await signed(event), body), await send(foreign, body),
  ];
  same('statuses', statuses, [204, 204, 401, 401, 401, 401, 401, 401]);
}

main().catch((error) => { console.log(`FAILED register_server.cjs: ${error}`); process.exit(1); });
