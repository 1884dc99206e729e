/** Asks one question of a system that answers as a test decides, through the http adapter. */
import type { Test } from 'tap';
import type { Call, JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/http.js';
import { callOf, contextOf } from './calls.js';
import { type Answering, json, startHttp } from './systems.js';

/** How the system is asked, unless a test says otherwise. */
export const service: JsonObject = {
  method: 'GET',
  path: '/persons/{id}',
  reply: { fields: { id: 'no', name: 'xm' } },
};
/** What it answers, and what that is in the contract's names. */
export const good = json({ no: '1', xm: '张三' });
export const answered = { body: { id: '1', name: '张三' } };

export interface Given {
  readonly settings?: JsonObject;
  readonly ask?: JsonObject;
  readonly request?: JsonObject;
  readonly call?: Partial<Call>;
}

export async function asking(t: Test, answer: Answering, { settings, ask, request = { id: '1' }, call }: Given = {}) {
  const system = await startHttp(answer);
  const opened = adapter.open({ baseUrl: system.url, ...settings }, contextOf());
  t.teardown(async () => {
    await opened.close();
    await system.close();
  });
  const whole = { ...service, ...ask };
  const once = (asked = request) => opened.ask(asked, callOf({ ...call, ask: whole }));
  return { system, opened, once, answer: await once(), asked: system.asked };
}
