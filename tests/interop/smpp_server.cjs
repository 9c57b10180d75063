// The npm package `smpp` as SMS centre for our gateway.
'use strict';
const { spawn } = require('child_process');
const path = require('path');
const smpp = require('smpp');

const long = 'Пристань: код 123456. '.repeat(10);
const expected = [
  { to: '79990000001', text: 'Code 123456 [€]', parts: 1, coding: 0 },
  { to: '79990000002', text: long, parts: Math.ceil(long.length / 67), coding: 8 },
];
const failures = [];
const same = (what, got, want) => {
  if (JSON.stringify(got) !== JSON.stringify(want)) failures.push(`${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
};
const parts = [];
let unbound = false;
let enquired = false;
let bindings = 0;

const server = smpp.createServer((session) => {
  session.on('error', () => {});
  session.on('bind_transceiver', (pdu) => {
    bindings += 1;
    same('version', pdu.interface_version, 0x34);
    const right = pdu.system_id === 'interop' && pdu.password === 'secret';
    session.send(pdu.response(right ? {} : { command_status: smpp.ESME_RBINDFAIL }));
    if (right) session.enquire_link({}, (answer) => { enquired = answer.command_status === 0; });
  });
  session.on('submit_sm', (pdu) => {
    const message_id = `m${parts.length}`;
    parts.push({ pdu, message_id });
    session.send(pdu.response({ message_id }));
    same('source', [pdu.source_addr, pdu.source_addr_ton], ['Pristan', 5]);
    same('destination kind', [pdu.dest_addr_ton, pdu.dest_addr_npi], [1, 1]);
    same('receipt wanted', pdu.registered_delivery, 1);
    session.deliver_sm({
      esm_class: 4,
      source_addr: pdu.destination_addr,
      destination_addr: pdu.source_addr,
      receipted_message_id: message_id,
      message_state: 2,
      short_message: { message: `id:${message_id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:` },
    });
  });
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { unbound = true; session.send(pdu.response()); session.close(); });
});

server.listen(0, '127.0.0.1', () => {
  const program = path.join(__dirname, '../../target/debug/examples/interop');
  const gateway = spawn(program, ['smpp', String(server.address().port)]);
  let out = '';
  gateway.stdout.on('data', (text) => { out += text; });
  gateway.stderr.pipe(process.stderr);
  const limit = setTimeout(() => gateway.kill(), 30000);
  gateway.on('exit', (code) => {
    clearTimeout(limit);
    same('exit code', code, 0);
    const events = out.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
    for (const { to, text, parts: count, coding } of expected) {
      const mine = parts.filter(({ pdu }) => pdu.destination_addr === to);
      same(`${to} parts`, mine.length, count);
      same(`${to} coding`, mine.map(({ pdu }) => pdu.data_coding), mine.map(() => coding));
      const words = mine.map(({ pdu }) => pdu.short_message.message).join('');
      same(`${to} text`, words, text);
      const headers = mine.flatMap(({ pdu }) => (pdu.short_message.udh || []).map((element) => [...element]));
      if (count > 1) {
        same(`${to} headers`, headers.map((header) => [header[0], header[3], header[4]]), mine.map((_, n) => [0, count, n + 1]));
        same(`${to} one reference`, new Set(headers.map((header) => header[2])).size, 1);
      } else same(`${to} headers`, headers, []);
      const accepted = events.find((event) => event.to === to);
      same(`${to} outcome`, [accepted?.outcome, accepted?.remote_id], ['accepted', mine[0]?.message_id]);
      const receipts = events.filter((event) => event.receipt === accepted?.remote_id);
      same(`${to} receipt`, receipts.map((event) => event.state), ['Delivered']);
    }
    same('bindings', bindings, 1);
    same('enquire_link answered', enquired, true);
    same('unbound', unbound, true);
    for (const failure of failures) console.log(`FAILED smpp_server.cjs: ${failure}`);
    if (!failures.length) console.log('ok     smpp_server.cjs');
    process.exit(failures.length ? 1 : 0);
  });
});
