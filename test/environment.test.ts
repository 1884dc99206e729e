import t from 'tap';
import { readEnvironment } from '../src/environment.js';

t.test('with nothing set, it is what docs say', async t => {
  const usual = {
    host: '127.0.0.1',
    port: 8080,
    databaseUrl: undefined,
    ownerUrl: undefined,
    redisUrl: undefined,
    dataFolder: 'data',
    configFolder: 'config',
    schemasFolder: 'schemas',
  };
  t.same(readEnvironment({}, false), { ...usual, drainSeconds: 5, logLevel: 'info' });
  t.same(readEnvironment({}, true), { ...usual, drainSeconds: 0, logLevel: 'warn' });
});

t.test('an empty variable counts as unset', async t => {
  const empty = {
    HOST: '',
    PORT: '',
    DATABASE_URL: '',
    STILE_OWNER_URL: '',
    REDIS_URL: '',
    STILE_DATA: '',
    STILE_DRAIN: '',
    LOG_LEVEL: '',
  };
  t.same(readEnvironment(empty, false), readEnvironment({}, false));
});

t.test('what is set counts', async t => {
  const set = { PORT: '0', STILE_DRAIN: '30', LOG_LEVEL: 'debug', DATABASE_URL: 'postgresql://store/stile' };
  t.match(readEnvironment(set, true), { port: 0, drainSeconds: 30, logLevel: 'debug', databaseUrl: set.DATABASE_URL });
  t.match(readEnvironment({ STILE_OWNER_URL: 'postgresql://owner@store/stile' }, true), {
    ownerUrl: 'postgresql://owner@store/stile',
  });
});

t.test('what makes no sense is told by the variable’s name', async t => {
  const wrong = { PORT: ['http', '-1', '65536', '8080.5', '0x50', ' '], STILE_DRAIN: ['3601'], LOG_LEVEL: ['loud'] };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const expected = {
        name: 'OperatorError',
        message: new RegExp(`^The environment variable ${name} is "${value}"`),
      };
      t.throws(() => readEnvironment({ [name]: value }, false), expected);
    }
  }
});
