/** The error table, its documentation and the API's description say the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type ErrorRow, errors } from '../src/errors.js';
import { problem, problemHeaders } from '../src/problem.js';
import { root } from '../src/root.js';

const table: Readonly<Record<string, ErrorRow>> = errors;

interface DocumentedRow {
  readonly status: number;
  readonly stage: string;
  readonly title: readonly string[];
  readonly remedy: readonly string[];
}

function documented(): ReadonlyMap<string, DocumentedRow> {
  const rows = new Map<string, DocumentedRow>();
  let stage = '';
  for (const line of readFileSync(join(root, 'docs', 'errors.md'), 'utf8').split('\n')) {
    stage = /^## (.+)$/.exec(line)?.[1] ?? stage;
    const found = /^\| `(STILE_\w+)` \| (\d{3}) \| (.+)<br>(.+) \| (.+)<br>(.+) \|$/.exec(line);
    if (found === null) continue;
    const [, code = '', status, titleEn = '', titleZh = '', remedyEn = '', remedyZh = ''] = found;
    t.notOk(rows.has(code), `${code} stands once`);
    rows.set(code, { status: Number(status), stage, title: [titleEn, titleZh], remedy: [remedyEn, remedyZh] });
  }
  return rows;
}

t.test('docs/errors.md is the table', t => {
  const rows = documented();
  t.same([...rows.keys()].toSorted(), Object.keys(table).toSorted());
  for (const [code, row] of Object.entries(table)) {
    t.same(
      rows.get(code),
      {
        status: row.status,
        stage: row.stage,
        title: [row.title.en, row.title.zh],
        remedy: [row.remedy.en, row.remedy.zh],
      },
      code,
    );
  }
  t.end();
});

t.test("a problem names its code, stage and remedy in the caller's language", t => {
  for (const [code, row] of Object.entries(errors) as [keyof typeof errors, ErrorRow][]) {
    for (const language of ['zh', 'en'] as const) {
      t.match(problem({ code }, language, '0/7'), {
        type: `/docs#${code}`,
        code,
        status: row.status,
        stage: row.stage,
        title: row.title[language],
        remedy: row.remedy[language],
        record: '0/7',
      });
    }
  }
  t.notOk('record' in problem({ code: 'STILE_FAULT' }, 'en'), 'no record is not an empty one');
  t.match(problemHeaders({ code: 'STILE_QUOTA', retryAfter: 3 }, 'zh'), {
    'content-language': 'zh',
    'retry-after': '3',
  });
  t.end();
});
