// A mail server for tests. It listens on a free port of this machine, parses every mail with a parser that is not ours, and
// tells what happens on standard output, one JSON object a line:
//
//   {"event":"listening","port":1025}
//   {"event":"mail","number":1,"secure":false,"from":"…","to":["…"],"headers":{"subject":"…"},"subject":"…","text":"…","html":"…"}
//   {"event":"acknowledged","number":1}         the client was told that mail 1 is taken on
//   {"event":"refused","to":"…","code":550}
//   {"event":"greeted","user":"…","secure":false}
//
// It misbehaves as told on standard input, one JSON object a line; each member replaces what was said before:
//
//   {"reject":["a@example.com"]}     550 for these addresses, always
//   {"defer":{"a@example.com":2}}    451 for this address, so many times
//   {"hang":"rcpt"}                  no answer any more to "mail", "rcpt" or "data"; null answers again, also what waits
//   {"close":1}                      closes the connection in the middle of so many mails
//   {"slow":200}                     takes so many milliseconds to acknowledge a mail
//   {"full":true}                    552 for every mail at its end
//   {"closed":true}                  421 instead of a greeting
//
// Options: --port N, --user NAME --password PASSWORD (then nobody else is let in), --starttls (offers it) or --tls (speaks
// nothing else), with --certificate FILE (key and certificate in PEM; else one that nobody trusts). It ends with its
// standard input.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    user: { type: 'string' },
    password: { type: 'string' },
    starttls: { type: 'boolean', default: false },
    tls: { type: 'boolean', default: false },
    certificate: { type: 'string' },
  },
});

const mood = { reject: [], defer: {}, hang: null, close: 0, slow: 0, full: false, closed: false };
let waiting = [];
let number = 0;

const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

function answer(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

// Calls back now, or once nobody is told to wait at this step any more.
function unlessHanging(step, callback) {
  if (mood.hang === step) waiting.push(callback);
  else callback();
}

const headersOf = (mail) =>
  Object.fromEntries(mail.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]));

const pem = options.certificate && readFileSync(options.certificate);

const server = new SMTPServer({
  secure: options.tls,
  ...(pem ? { key: pem, cert: pem } : {}),
  name: 'mailbox.test',
  hideSTARTTLS: !options.starttls,
  authOptional: !options.user,
  allowInsecureAuth: true,
  disableReverseLookup: true,
  disabledCommands: options.user ? [] : ['AUTH'],
  logger: false,
  onConnect(session, callback) {
    callback(mood.closed ? answer(421, 'Not today') : undefined);
  },
  onAuth(auth, session, callback) {
    if (auth.username !== options.user || auth.password !== options.password) {
      return callback(answer(535, 'Wrong user name or password'));
    }
    tell({ event: 'greeted', user: auth.username, secure: session.secure });
    return callback(null, { user: auth.username });
  },
  onMailFrom(address, session, callback) {
    unlessHanging('mail', callback);
  },
  onRcptTo({ address }, session, callback) {
    if (mood.reject.includes(address)) {
      tell({ event: 'refused', to: address, code: 550 });
      return callback(answer(550, 'No such person here'));
    }
    if (mood.defer[address] > 0) {
      mood.defer[address] -= 1;
      tell({ event: 'refused', to: address, code: 451 });
      return callback(answer(451, 'Come again later'));
    }
    return unlessHanging('rcpt', callback);
  },
  async onData(stream, session, callback) {
    const mail = await simpleParser(stream);
    if (mood.close > 0) {
      mood.close -= 1;
      // The mail is lost, and its sender does not know.
      for (const connection of server.connections) connection._socket.destroy();
      return;
    }
    if (mood.full) {
      callback(answer(552, 'No room'));
      return;
    }
    number += 1;
    const mine = number;
    tell({
      event: 'mail',
      number: mine,
      secure: session.secure,
      from: session.envelope.mailFrom.address,
      to: session.envelope.rcptTo.map(({ address }) => address),
      headers: headersOf(mail),
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
    });
    unlessHanging('data', () => {
      setTimeout(() => {
        callback();
        tell({ event: 'acknowledged', number: mine });
      }, mood.slow);
    });
  },
});
// A client that was killed breaks off; the next one is served all the same.
server.on('error', () => {});

server.listen(Number(options.port), '127.0.0.1', () => {
  tell({ event: 'listening', port: server.server.address().port });
});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    Object.assign(mood, JSON.parse(line));
    if (mood.hang === null) {
      const answered = waiting;
      waiting = [];
      for (const callback of answered) callback();
    }
    tell({ event: 'told' });
  })
  .on('close', () => process.exit(0));
