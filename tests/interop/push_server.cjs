// A push service and a browser of the npm packages `http_ece` and `jose`, for our gateway.
'use strict';
const { spawn } = require('child_process');
const crypto = require('crypto');
const http = require('http');
const path = require('path');
const ece = require('http_ece');
const jose = require('jose');

const TEXT = 'Новое сообщение в кабинете: Проверьте данные';
const failures = [];
const same = (what, got, want) => {
  if (JSON.stringify(got) !== JSON.stringify(want)) failures.push(`${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
};

const browser = crypto.createECDH('prime256v1');
browser.generateKeys();
const secret = crypto.randomBytes(16);

async function take(request, body, origin) {
  same('method', request.method, 'POST');
  same('encoding', request.headers['content-encoding'], 'aes128gcm');
  same('ttl', request.headers.ttl, '3600');
  same('urgency', request.headers.urgency, 'normal');
  same('topic is short', /^[A-Za-z0-9_-]{1,32}$/.test(request.headers.topic), true);
  const opened = ece.decrypt(body, { version: 'aes128gcm', privateKey: browser, authSecret: secret });
  same('text', opened.toString('utf8'), TEXT);
  const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(request.headers.authorization ?? '') ?? [];
  const point = Buffer.from(key ?? '', 'base64url');
  same('key', [point.length, point[0]], [65, 4]);
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  const { payload } = await jose.jwtVerify(token, await jose.importJWK(jwk, 'ES256'), { algorithms: ['ES256'], audience: origin });
  same('contact', payload.sub, 'mailto:admin@portal.example');
  same('life', payload.exp - Date.now() / 1000 <= 86400, true);
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (request.url === '/gone') return response.writeHead(410).end();
    take(request, Buffer.concat(parts), `http://127.0.0.1:${server.address().port}`)
      .catch((reason) => failures.push(String(reason)))
      .finally(() => response.writeHead(201, { location: '/message/1' }).end());
  });
});

const push = (address) => new Promise((done) => {
  const program = path.join(__dirname, '../../target/debug/examples/interop');
  const child = spawn(program, ['push', address, browser.getPublicKey('base64url'), secret.toString('base64url'), TEXT]);
  let said = '';
  child.stdout.on('data', (data) => (said += data));
  child.stderr.on('data', (data) => (said += data));
  child.on('close', () => done(said));
});

server.listen(0, '127.0.0.1', async () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  same('accepted', /Accepted/.test(await push(`${origin}/send/1`)), true);
  same('gone', /Gone/.test(await push(`${origin}/gone`)), true);
  server.close();
  for (const failure of failures) console.error(`push_server: ${failure}`);
  if (!failures.length) console.log('push_server: http_ece opens our pushes, jose believes our tokens');
  process.exit(failures.length ? 1 : 0);
});
