import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../src/root.js';

function stile(words: string[], locale = 'C') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'build/src/cli.js'), ...words], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: locale },
  });
  return { status, stdout, stderr };
}

t.test('without a command, or asked, it tells what there is', async t => {
  for (const words of [[], ['--help']]) {
    const { status, stdout, stderr } = stile(words);
    t.equal(status, 0);
    t.match(stdout, /^ {2}stile start +the gateway/m);
    t.match(stdout, /^ {2}stile check +every fault/m);
    t.equal(stderr, '');
  }
});

t.test('a slip of the hand is told what was meant', async t => {
  const { status, stdout, stderr } = stile(['chekc']);
  t.equal(status, 2);
  t.equal(stdout, '');
  t.match(stderr, /^There is no command chekc\. Did you mean stile check\?\n/);
  const chinese = stile(['chekc'], 'zh_CN.UTF-8').stderr;
  t.match(chinese, /^没有子命令 chekc。是否想用 stile check？\n/);
  t.match(chinese, /启动网关/);
});

t.test('what is no command at all gets no guess, and cannot steer the terminal', async t => {
  const { status, stderr } = stile(['\u001b[2Jwhatever']);
  t.equal(status, 2);
  t.match(stderr, /^There is no command <U\+001B>\[2Jwhatever\.\n/);
  t.equal(stile(['constructor']).status, 2, 'a member of every object is no command');
});

t.test('a command tells its own use', async t => {
  const { status, stdout } = stile(['start', '--help']);
  t.equal(status, 0);
  t.match(stdout, /^stile start \[--sandbox\]/);
});

t.test('arguments that make no sense get the reason and the use', async t => {
  const { status, stdout, stderr } = stile(['start', '--sandpit']);
  t.equal(status, 2);
  t.equal(stdout, '');
  t.match(stderr, /'--sandpit'/);
  t.match(stderr, /^stile start \[--sandbox\]/m);
});
