/** Where else than in a JSON reply a mapping may hold JSONata: what is asked, elements of XML, and rows. */
import t from 'tap';
import { asking } from './asking.js';
import { dropFolder, lines, openDrop } from './drops.js';
import { asking as askingSoap, envelope, good, namespace, replyOf } from './soap-system.js';
import { postgresql } from './sql-postgresql-systems.js';
import { json } from './systems.js';

t.test('the body of a question in JSON', async t => {
  const ask = {
    method: 'POST',
    path: '/',
    body: {
      fields: {
        xm: { expression: 'surname & given' },
        xb: { expression: 'sex', codes: { '1': 'male', '2': 'female' } },
        rs: { expression: '$count($request.people)' },
      },
    },
  };
  const request = { surname: '陈', given: '思远', sex: 'female', people: ['a', 'b'] };
  const { asked } = await asking(t, json({ no: '1', xm: '张三' }), { ask, request });
  t.strictSame(JSON.parse(asked[0]?.body ?? ''), { xm: '陈思远', xb: '2', rs: 2 });
  const { answer, asked: none } = await asking(t, json({}), { ask, request: { ...request, sex: 'other' } });
  t.strictSame(answer, { failure: 'rejected', detail: 'not asked: body: xb is no code of its list', notActed: true });
  t.strictSame(none, []);
});

t.test('the elements of a question in SOAP', async t => {
  const body = {
    fields: { xm: { expression: 'surname & given' }, hm: { expression: 'ids' }, ry: { expression: 'people' } },
  };
  const request = { surname: '<陈>', given: '思远', ids: ['1', '2'], people: { name: 'a' } };
  const { asked } = await askingSoap(t, envelope(good), { ask: { body }, request });
  const content = '<m:xm>&lt;陈&gt;思远</m:xm><m:hm>1</m:hm><m:hm>2</m:hm><m:ry><m:name>a</m:name></m:ry>';
  t.match(asked[0]?.body, `<m:queryMarriage>${content}</m:queryMarriage>`);
  t.match(asked[0]?.body, ` xmlns:m="${namespace}"`);
});

t.test('no element of SOAP is named by what is asked', async t => {
  for (const name of ['a><b', 'a b', 'x:a', 'a:b:c', '1a', '', 'a.b']) {
    const ask = { body: { fields: { zjhm: { expression: '{ name: 1 }' } } } };
    const { answer, asked } = await askingSoap(t, envelope(good), { ask, request: { name } });
    t.match(answer, { failure: 'rejected', detail: 'not asked: body: what is no name of an element' }, name);
    t.strictSame(asked, []);
  }
});

t.test('the elements of a reply in SOAP: all that is where the expression reads', async t => {
  const ask = {
    reply: {
      fields: {
        id: 'person.zjhm',
        name: { from: 'person', expression: 'x & m' },
        months: { from: 'person', expression: '$count(jf)' },
        paid: { from: 'person.jf', each: 'ny' },
        latest: { from: 'person', expression: '$max(jf.$number(je))' },
        spouse: { from: 'person', expression: 'po.xm', optional: true },
      },
    },
  };
  const person = (more: string) => replyOf(`<person><zjhm>1</zjhm><x>陈</x><m>思远</m>${more}</person>`);
  const jf = (ny: string, je: string) => `<jf><ny>${ny}</ny><je>${je}</je></jf>`;
  const both = await askingSoap(t, envelope(person(jf('202601', '512.5') + jf('202602', '9'))), { ask });
  const body = { id: '1', name: '陈思远', months: 2, paid: ['202601', '202602'], latest: 512.5 };
  t.strictSame(both.answer, { body });
  const one = await askingSoap(t, envelope(person(`${jf('202601', '7')}<po><xm>林</xm></po>`)), { ask });
  t.strictSame(one.answer, { body: { ...body, months: 1, paid: ['202601'], latest: 7, spouse: '林' } });
  const foreign = await askingSoap(t, envelope(person(`<po xmlns="urn:another"><xm>林</xm></po>${jf('1', '2')}`)), {
    ask,
  });
  t.strictSame(foreign.answer, { body: { ...body, months: 1, paid: ['1'], latest: 2 } }, 'of the namespaces of config');
  const whole = { reply: { fields: { names: { expression: "$join(xm, '、')" } } } };
  const list = await askingSoap(t, envelope(replyOf('<xm>甲</xm><xm>乙</xm>')), { ask: whole });
  t.strictSame(list.answer, { body: { names: '甲、乙' } });
});

t.test('a statement’s parameters, and the rows it finds', async t => {
  const { ask } = await postgresql(t);
  const one = {
    statement: 'SELECT zjhm, xm, cs FROM hydj WHERE zjhm = :residentId',
    parameters: { residentId: { expression: "$substringAfter(id, '-')" } },
    reply: { fields: { name: { expression: "xm & '/' & zjhm" }, twice: { expression: 'cs * 2' } } },
  };
  t.strictSame(await ask({ ask: one, request: { id: 'r-1' } }), { body: { name: '张三/1', twice: 2 } });
  const injected = await ask({ ask: one, request: { id: "r-1' OR '1' = '1" } });
  t.match(injected, { failure: 'rejected', detail: 'there is no row, and no reply for that' });
  t.match(
    await ask({ ask: { ...one, parameters: { residentId: { expression: '[id, id]' } } }, request: { id: '1' } }),
    {
      failure: 'rejected',
      detail: 'not asked: parameter residentId is not one value',
    },
  );
  const all = {
    statement: 'SELECT xm, cs FROM hydj ORDER BY zjhm',
    rows: 'each',
    reply: { fields: { names: { expression: "$join(rows[cs > 0].xm, '、')" }, sum: { expression: '$sum(rows.cs)' } } },
  };
  t.strictSame(await ask({ ask: all }), { body: { names: '张三、𠮷', sum: 3 } });
  const absent = { reply: { fields: { name: { expression: "$request.id & ' is nobody'" } } } };
  t.strictSame(await ask({ ask: { ...one, absent }, request: { id: 'r-9' } }), { body: { name: 'r-9 is nobody' } });
});

t.test('the key of a file, and its rows', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', lines('zjhm,xm', '1,陈思远', '2,林晓雯'));
  const { ask } = openDrop(t, folder);
  const service = {
    key: { zjhm: { expression: '$substring(residentId, 1)' } },
    reply: { fields: { name: { expression: "xm & '/' & zjhm" } } },
  };
  t.match(await ask('x2', service), { body: { name: '林晓雯/2' } });
  t.match(await ask('x2', { ...service, reply: { expression: 'nothing' } }), {
    failure: 'malformed',
    detail: 'value is missing',
  });
});
