/** A peer, or whoever stands before it, that lies in its answers. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { withoutCounting } from '../gateway.js';
import { cityAppointment, cityMarriage, openCity, openProvince, province } from '../peers.js';
import { type Passing, startRelay } from '../relay.js';

const { married, unmarried, partner } = sampleResidents;

const digestOf = (body: string) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** The body, under a digest that fits. */
function say(answer: Passing, body: string): void {
  answer.body = body;
  answer.headers['content-digest'] = digestOf(body);
}

t.test('what a peer answers', async t => {
  const above = await openProvince(t);
  const relay = await startRelay(t, above.url);
  const below = await openCity(t, relay.url, { change: withoutCounting });
  const ask = (lie: typeof relay.alter) => {
    relay.alter = lie;
    return below.exchange(cityMarriage, { residentId: married.residentId });
  };

  t.test('a reply about another person than was asked', async t => {
    const other = JSON.stringify({ residentId: unmarried.residentId, status: 'unmarried' });
    const answer = await ask(passing => say(passing, other));
    t.equal(answer.body?.code, 'STILE_REPLY_OTHER_SUBJECT');
    const entry = await below.entry(answer.record);
    t.match(entry, { outcome: 'failed', subjects: { count: 1 }, peers: { answering: { deployment: province } } });
    t.notMatch(JSON.stringify([answer.body, entry]), unmarried.residentId);
  });

  t.test('more than the contract has', async t => {
    const more = JSON.stringify({ residentId: married.residentId, status: 'married', spouse: { name: '林晓雯' } });
    const answer = await ask(passing => say(passing, more));
    t.equal(answer.body?.code, 'STILE_REPLY_BREAKS_CONTRACT');
    t.notMatch(answer.text, '林晓雯');
  });

  const spoiled: Readonly<Record<string, (answer: Passing) => void>> = {
    'a body that is not the one digested': answer => {
      answer.body = answer.body.replace('married', 'widowed');
    },
    'no digest': answer => delete answer.headers['content-digest'],
    'a digest of another kind only': answer => {
      answer.headers['content-digest'] = `sha-512=:${createHash('sha512').update(answer.body).digest('base64')}:`;
    },
    'no record': answer => delete answer.headers['stile-record'],
    'a record that is none': answer => {
      answer.headers['stile-record'] = '0/7; DROP TABLE ledger_entries';
    },
    'a record before the first': answer => {
      answer.headers['stile-record'] = '-1/0';
    },
    'two records': answer => {
      answer.headers['stile-record'] = '0/7, 0/8';
    },
    "another deployment's name": answer => {
      answer.headers['stile-deployment'] = 'jiangsu.stile.example';
    },
    "the asking gateway's own name": answer => {
      answer.headers['stile-deployment'] = 'shenzhen.stile.example';
    },
    'no name': answer => delete answer.headers['stile-deployment'],
    'a time that is none': answer => {
      answer.headers['stile-as-of'] = '2026-13-45T00:00:00Z';
    },
    'a time that is something else': answer => {
      answer.headers['stile-as-of'] = 'yesterday';
    },
    'a page': answer => {
      answer.headers['content-type'] = 'text/html';
    },
    'a member twice': answer =>
      say(answer, `{"residentId":"${married.residentId}","status":"married","status":"widowed"}`),
    'what is not JSON': answer => say(answer, '{'),
    'a redirect': answer => {
      answer.status = 302;
      answer.headers.location = 'http://169.254.169.254/';
    },
    'no content': answer => {
      answer.status = 204;
      answer.body = '';
    },
  };
  for (const [lie, spoil] of Object.entries(spoiled)) {
    t.test(lie, async t => {
      const answer = await ask(spoil);
      t.equal(answer.body?.code, 'STILE_DEPARTMENT_MALFORMED');
      const entry = await below.entry(answer.record);
      t.match(entry, { outcome: 'failed', asked: true });
      const { answering } = (entry.peers ?? {}) as { answering?: { record: string; deployment: string } };
      t.ok(answering === undefined || (answering.deployment === province && /^\d+\/\d+$/.test(answering.record)));
    });
  }

  t.test('a refusal that would write into the log, or into the ledger', async t => {
    const answer = await ask(passing => {
      passing.status = 403;
      passing.headers['content-type'] = 'application/problem+json';
      passing.body = JSON.stringify({ code: 'STILE_X\n{"level":60}', record: '0/7', detail: married.residentId });
    });
    t.equal(answer.body?.code, 'STILE_DEPARTMENT_DENIED');
    t.notMatch(JSON.stringify([answer.body, await below.entry(answer.record)]), /level|440304198804123031/);
  });
});

t.test('a refusal of a service with effects, behind which something may have been done', async t => {
  const above = await openProvince(t);
  const relay = await startRelay(t, above.url);
  const below = await openCity(t, relay.url);
  const request = { residentId: unmarried.residentId, partnerResidentId: partner.residentId };
  const ask = (key: string) =>
    below.exchange(
      cityAppointment,
      { ...request, date: '2027-05-20', office: '440303-01' },
      { 'stile-purpose': 'marriage-registration', 'idempotency-key': key },
    );
  // Done, but told as a refusal.
  relay.alter = passing => {
    passing.status = 403;
    passing.headers['content-type'] = 'application/problem+json';
    passing.headers['stile-outcome'] = 'unknown';
    passing.body = JSON.stringify({ code: 'STILE_AGREEMENT_SUSPENDED' });
  };
  const first = await ask('appointment-1');
  t.equal(first.body?.code, 'STILE_DEPARTMENT_DENIED');
  t.match(await below.entry(first.record), { outcome: 'unknown' });
  relay.alter = () => undefined;
  const again = await ask('appointment-1');
  t.equal(again.body?.code, 'STILE_REPEAT_UNANSWERED', 'and it is not asked again by itself');
  t.equal(above.departments.civilAffairs.asked().length, 1);
});
