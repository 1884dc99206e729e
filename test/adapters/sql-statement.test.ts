/** What is said of a statement before anything starts, and where its parameters stand. */
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/sql.js';
import { parseStatement } from '../../adapters/sql-statement.js';
import { shapeFindings, strings } from '../../src/registry/shape.js';

const faults = (statement: string, parameters: JsonObject = {}): string[] =>
  (adapter.check?.({}, { statement, parameters, reply: 'a' }) ?? []).map(
    ({ pointer, message }) => `${pointer} ${message.en}`,
  );

t.test('statements that only ask', async t => {
  for (const [statement, names] of [
    ['SELECT a FROM b WHERE c = :d', ['d']],
    ['with x as (select 1) select * from x where a = :b_1 and :b_1 > 0', ['b_1', 'b_1']],
    ['(SELECT a FROM b) UNION (SELECT c FROM d WHERE e IN (:f,:g))', ['f', 'g']],
    ['SELECT a::text, :b::date, c[1:2] FROM d', ['b']],
    ["SELECT to_char(a, 'HH24:MI:SS'), date_format(b, '%H:%i:%s'), 'it''s; -- no /* comment', '$.a ? #' FROM c", []],
    ['SELECT "a;b", `c--d`, updated, for_sale, into_it FROM e\n\tWHERE f = :g', ['g']],
  ] as const) {
    t.strictSame(faults(statement), [], statement);
    const parsed = parseStatement(statement, [], pointer => t.fail(pointer));
    t.strictSame(parsed.names, names);
    const joined = (parsed.texts[0] ?? '') + names.map((name, at) => `:${name}${parsed.texts[at + 1]}`).join('');
    t.equal(joined, statement, 'nothing of the text is lost');
  }
});

t.test('statements that are refused', async t => {
  for (const [statement, fault] of [
    ['SELECT 1; DELETE FROM a', 'this is more than one statement, or ends with a semicolon'],
    ['SELECT 1;', 'this is more than one statement, or ends with a semicolon'],
    ['SELECT 1 -- and more', 'the statement holds a comment, or one of --, /* and #'],
    ['SELECT 1 /*! INTO OUTFILE */', 'the statement holds a comment, or one of --, /* and #'],
    ['SELECT 1 # and more', 'the statement holds a comment, or one of --, /* and #'],
    ['SELECT a FROM b WHERE c = ?', 'the statement holds ? or $'],
    ['SELECT a FROM b WHERE c = $1', 'the statement holds ? or $'],
    ['SELECT $x$ :a $x$', 'the statement holds ? or $'],
    ["SELECT 'a", 'a quote is not closed'],
    ["SELECT 'a\\', :b, '", 'the statement holds a backslash or a control character, which databases read differently'],
    ["SELECT a FROM b WHERE c = ':d'", 'a parameter within quotes is text, not a parameter'],
    ["SELECT a FROM b WHERE c LIKE '%:d%'", 'a parameter within quotes is text, not a parameter'],
    ['SELECT a FROM b WHERE ":c" = 1', 'a parameter within quotes is text, not a parameter'],
    ['DELETE FROM a', 'the statement does not begin with SELECT or WITH'],
    ['CALL a(:b)', 'the statement does not begin with SELECT or WITH'],
    ["SELECT a INTO OUTFILE '/tmp/a' FROM b", 'the statement writes, or locks what it reads'],
    ['SELECT a FROM b FOR UPDATE', 'the statement writes, or locks what it reads'],
    ['SELECT a FROM b for  no key update', 'the statement writes, or locks what it reads'],
    ['SELECT a FROM b LOCK IN SHARE MODE', 'the statement writes, or locks what it reads'],
  ] as const) {
    t.has(faults(statement), [`/statement ${fault}`], statement);
  }
  t.strictSame(faults("SELECT 'HH:MI' FROM a WHERE b = :MI", { MI: 'x' }), [
    '/statement a parameter within quotes is text, not a parameter',
  ]);
  t.strictSame(faults('SELECT 1', { a: 'b' }), ['/parameters/a the statement has no such parameter']);
  for (const { message, fix } of adapter.check?.(
    {},
    { statement: "\\?';--x INTO", parameters: { a: 'b' }, reply: 'c' },
  ) ?? []) {
    for (const text of [message.zh, fix.zh]) t.match(text, /\p{Script=Han}/u);
    for (const text of [message.en, fix.en]) t.notMatch(text, /\p{Script=Han}/u);
  }
});

t.test('settings', async t => {
  const password = '$' + '{env:PASSWORD}';
  const right = { driver: 'postgresql', host: 'a.stile.example', database: 'a', user: 'b', password };
  const found = (more: JsonObject) =>
    shapeFindings({ ...right, ...more }, adapter.settingsSchema, strings.written).map(
      ({ pointer, rule }) => `${pointer} ${rule}`,
    );
  for (const more of [
    {},
    { host: '/run/postgresql' },
    { driver: 'mysql' },
    { port: 5433, unencrypted: true, utcOffset: '-03:30' },
  ])
    t.strictSame(found(more), []);
  for (const [more, fault] of [
    [{ password: 'literal' }, '/password literal-secret'],
    [{ driver: 'sqlite' }, '/driver wrong-value'],
    [{ host: 'a?b' }, '/host wrong-value'],
    [{ unencrypted: false }, '/unencrypted wrong-value'],
    [{ port: 0 }, '/port wrong-value'],
    [{ baseUrl: 'a' }, '/baseUrl unknown-key'],
  ] as const) {
    t.strictSame(found(more), [fault]);
  }
});
