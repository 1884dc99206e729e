/** Why a changed config is not put in force, in findings with their places. The one before it serves on. */
import type { Agreement } from '../agreements/agreement.js';
import { changeFinding } from '../registry/contract-change/change-finding.js';
import { lost } from '../registry/contract-change/change-rule.js';
import { contractsOf, judgeContracts, type ServiceBroken } from '../registry/contract-change/judge-contracts.js';
import type { Fault } from '../registry/fault.js';
import { type Files, fileKind } from '../registry/files.js';
import { placesIn } from '../registry/found-file.js';
import type { Registry } from '../registry/registry.js';
import { schemaPath } from '../registry/schema-store.js';
import type { Text } from '../text.js';
import { liveAgreements } from './consequence.js';
import { movedSettings, restartText } from './restart-settings.js';

/** A finding of the loader, of the judge of contracts, or of what a running gateway can do. */
export interface Refused extends Omit<Fault, 'rule'> {
  readonly rule: string;
}

export const refusalRule = {
  needsRestart: 'needs-restart',
  adapterFails: 'adapter-fails',
  notRecorded: 'not-recorded',
  atFault: 'at-fault',
} as const;

/** What the changed contracts break of those that live agreements use. */
export function brokenContracts(
  running: Registry,
  next: Registry,
  agreements: readonly Agreement[],
  now: number,
): readonly ServiceBroken[] {
  const live = liveAgreements(agreements, now);
  return judgeContracts(contractsOf(running), contractsOf(next), live).filter(({ agreements: ids }) => ids.length > 0);
}

/** @param files that the next registry was made of */
export function refusalsOf(
  running: Registry,
  next: Registry,
  files: Files,
  broken: readonly ServiceBroken[],
): readonly Refused[] {
  const file = files.config.find(({ kind }) => kind === fileKind.settings);
  const settings = file && placesIn(file);
  const restarts = movedSettings(running, next).map(pointer => ({
    rule: refusalRule.needsRestart,
    ...(settings?.place(pointer) ?? nowhere),
    pointer,
    ...restartText,
  }));
  return [...restarts, ...broken.map(each => changeFinding(each, placeOf(each, files)))];
}

const nowhere = { file: '', line: 1, column: 1 };

/** In the new contract; of one that is gone, in its department's file. */
function placeOf(
  { rule, at, service }: ServiceBroken,
  files: Files,
): Pick<Fault, 'file' | 'line' | 'column' | 'pointer'> {
  const schema = rule === lost.contract ? undefined : files.schemas.find(({ path }) => path === schemaPath(at.id));
  if (schema !== undefined) return { ...placesIn(schema).place(at.pointer), pointer: at.pointer };
  const [department = ''] = service.split('/');
  const found = files.config.find(
    ({ kind, path }) => kind === fileKind.department && path.endsWith(`/${department}.yaml`),
  );
  return { ...(found === undefined ? nowhere : placesIn(found).place('/services')), pointer: '/services' };
}

/** One that has no place in the files. */
export const withoutPlace = (rule: string, message: Text, fix: Text): Refused => ({
  ...nowhere,
  rule,
  pointer: '',
  message,
  fix,
});

export const adapterFails = (message: string): Refused =>
  withoutPlace(
    refusalRule.adapterFails,
    { zh: `适配器未能打开：${message}`, en: `an adapter could not be opened: ${message}` },
    { zh: '查看网关日志', en: "see the gateway's log" },
  );

export const atFault: Refused = withoutPlace(
  refusalRule.atFault,
  { zh: '网关自身出错', en: 'the gateway itself is at fault' },
  { zh: '查看网关日志', en: "see the gateway's log" },
);

export const notRecorded: Refused = withoutPlace(
  refusalRule.notRecorded,
  { zh: '更改未能记入台账', en: 'the change could not be recorded in the ledger' },
  { zh: '台账恢复后将重试', en: 'it is tried again; see why the ledger takes no entries' },
);
