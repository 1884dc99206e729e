import t from 'tap';
import { type ListForm, openListReader } from '../../src/reconciliation/list-reader.js';
import { openRequestList } from '../../src/reconciliation/request-list.js';

/** What is read of a list that comes in pieces of so many bytes. */
function readIn(text: string | Buffer, form: ListForm = 'csv', column = 'requestId', size = 1 << 20) {
  const list = openRequestList();
  const reader = openListReader(form, column, list);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size));
  reader.end();
  return {
    ids: Array.from({ length: list.size }, (_, number) => [
      list.idAt(number),
      list.lineAt(number),
      list.timesAt(number),
    ]),
    faults: reader.faults.map(({ line, message }) => [line, message.en]),
  };
}

const id = 'the request id must be 1 to 128 visible ASCII characters';

t.test('CSV: quotes, line ends, byte order marks, empty lines, the column wherever it is', t => {
  for (const [text, ids] of [
    [
      'requestId\na\nb\n',
      [
        ['a', 2, 1],
        ['b', 3, 1],
      ],
    ],
    [
      'requestId\r\na\r\nb',
      [
        ['a', 2, 1],
        ['b', 3, 1],
      ],
    ],
    ['\ufeffrequestId\na\n\n  \na\n', [['a', 2, 2]]],
    [
      'time,requestId,n\n1,a,\n2,b,x\n',
      [
        ['a', 2, 1],
        ['b', 3, 1],
      ],
    ],
    [
      '"time","requestId"\n"1, 2 ""x""","a"\n3,b\n',
      [
        ['a', 2, 1],
        ['b', 3, 1],
      ],
    ],
    [
      'note,requestId\n"first\r\nsecond",a\n"",b\n',
      [
        ['a', 2, 1],
        ['b', 4, 1],
      ],
    ],
    [
      'requestId\n"a""b"\n"c,d"\n',
      [
        ['a"b', 2, 1],
        ['c,d', 3, 1],
      ],
    ],
    ['requestId,requestid\na,b\n', [['a', 2, 1]]],
    ['requestId\n', []],
  ] as const) {
    for (const size of [1, 2, 3, 1 << 20]) {
      t.same(readIn(text, 'csv', 'requestId', size), { ids, faults: [] }, `${JSON.stringify(text)} by ${size}`);
    }
  }
  t.end();
});

t.test('CSV: each bad line by its number, the good ones read', t => {
  const long = 'x'.repeat(70_000);
  for (const [text, faults, count] of [
    ['', [[1, 'the header has no such column']], 0],
    ['id\na\n', [[1, 'the header has no such column']], 0],
    ['requestId,n,requestId\na,1,b\n', [[1, 'the header has the column twice']], 0],
    [
      'requestId,n\na,1\nb\nc,3,4\nd,4\n',
      [
        [3, 'has another number of cells than the header'],
        [4, 'has another number of cells than the header'],
      ],
      2,
    ],
    [
      'requestId\n"a"b\nc"d\ne\n',
      [
        [2, 'its quotes do not match'],
        [3, 'its quotes do not match'],
      ],
      1,
    ],
    ['requestId,n\na,1\nb,"x\nc,2\n', [[3, 'its quotes do not match']], 1],
    [
      `requestId,n\na,"x\n${`${'y'.repeat(1000)}\n`.repeat(70)}b,2\n`,
      [
        [2, 'its quotes do not match'],
        [69, 'has another number of cells than the header'],
      ],
      0,
    ],
    [`requestId\n${long}\na\n`, [[2, 'has more than 65,536 bytes']], 1],
    [
      `requestId,n\n"",1\na b,1\n请求,1\n${'x'.repeat(129)},1\n${'x'.repeat(128)},1\n`,
      [
        [2, id],
        [3, id],
        [4, id],
        [5, id],
      ],
      1,
    ],
  ] as const) {
    const told = readIn(text);
    t.same(told.faults.slice(0, faults.length), faults, JSON.stringify(text.slice(0, 60)));
    if (told.faults.length === faults.length) t.equal(told.ids.length, count);
    t.same(readIn(text, 'csv', 'requestId', 7), told, 'however it is cut');
  }
  t.equal(readIn(`requestId\n${'a b\n'.repeat(100)}`).faults.length, 20, 'the first twenty are enough');
  t.end();
});

t.test('NDJSON: a member of each object, by the strict reader', t => {
  t.same(readIn('{"requestId":"a"}\r\n\n{"n":1,"requestId":"b"}', 'ndjson'), {
    ids: [
      ['a', 1, 1],
      ['b', 3, 1],
    ],
    faults: [],
  });
  for (const [line, fault] of [
    ['{"requestId":"a"', 'is not JSON'],
    ['{"requestId":"a","requestId":"b"}', 'is not JSON'],
    ['["a"]', 'is no JSON object'],
    ['null', 'is no JSON object'],
    ['{"toString":1}', 'has no such member'],
    ['{"requestId":7}', id],
    ['{"requestId":""}', id],
  ] as const) {
    t.same(readIn(`{"requestId":"x"}\n${line}\n`, 'ndjson'), { ids: [['x', 1, 1]], faults: [[2, fault]] }, line);
  }
  t.same(readIn('{"requestId":"a"}\n', 'ndjson', 'constructor').faults, [[1, 'has no such member']]);
  t.same(readIn('\n', 'ndjson').faults, [[1, 'has no such member']]);
  t.same(readIn(Buffer.from([0x7b, 0xff, 0x7d]), 'ndjson').faults, [[1, 'is not JSON']]);
  t.end();
});
