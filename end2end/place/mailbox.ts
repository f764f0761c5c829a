// A mail server: what `end2end/mailbox` is, with what it heard.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A mail, as its server parsed it. */
export interface Mail {
  to: string[];
  subject: string;
  text: string;
}

/** How it behaves; each member replaces what was said before. */
export interface Mood {
  /** Addresses that it takes no mail for. */
  reject?: string[];
  /** Milliseconds until it acknowledges a mail. */
  slow?: number;
}

type Told = { event: string; port?: number } & Partial<Mail>;

/** The running server. */
export class Mailbox {
  readonly #child: ChildProcess;
  readonly #heard: Told[] = [];
  #port = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<Mailbox> {
    const child = spawn('node', [join(import.meta.dirname, '../mailbox/mailbox.mjs')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const mailbox = new Mailbox(child);
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the mail server ended; is it installed? cd end2end/mailbox && npm ci')));
      if (child.stdout === null) return reject(new Error('the mail server cannot be heard'));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const told = JSON.parse(line) as Told;
        mailbox.#heard.push(told);
        if (told.event === 'listening') {
          mailbox.#port = told.port ?? 0;
          resolve();
        }
      });
    });
    return mailbox;
  }

  /** What a server needs to send its mail here. */
  get variables(): Record<string, string> {
    return {
      SMTP_URL: `smtp://127.0.0.1:${this.#port}`,
      MAIL_FROM: 'SonicSaaS <no-reply@example.com>',
      MAIL_PER_MINUTE: '6000',
    };
  }

  /** Tells it how to behave from now on. */
  tell(mood: Mood): void {
    this.#child.stdin?.write(`${JSON.stringify(mood)}\n`);
  }

  /** Every mail to addresses of this domain. */
  mailsTo(domain: string): Mail[] {
    const mails = this.#heard.filter((told): told is Told & Mail => told.event === 'mail' && told.to !== undefined);
    return mails.filter((mail) => mail.to.some((address) => address.endsWith(`@${domain}`)));
  }

  /** Ends it with its input. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}
