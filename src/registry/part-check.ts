/** Judges what composite services are made of: services that are there and without effects, in no circle, and with the fields named of them. */
import { type NamedPart, namedIn } from '../../adapters/adapter.js';
import type { Text } from '../text.js';
import { unknownFields } from './adapter-fields.js';
import { adapterKinds } from './adapter-kinds.js';
import { below, type Finding, rule } from './fault.js';
import { nearest } from './nearest.js';
import type { Outline, OutlinedService } from './outline.js';
import { type Contract, sharing } from './registry.js';
import { shapeFindings, strings } from './shape.js';
import { didYouMean } from './shape-text.js';

/** Most composites within each other: each is one more that every call of the outermost waits for. */
const mostLevels = 3;

/** Most exchanges that one call of a composite may become, those of the composites within it included. */
const mostExchanges = 50;

/** What is known of one service of config, whatever its department. */
interface Known {
  readonly config: OutlinedService;
  /** Of a composite one. */
  readonly parts: readonly NamedPart[] | undefined;
}

/**
 * @param files all departments', as written
 * @param contracts by service id; a service whose contract has faults is not judged
 * @returns findings by the index of their file
 */
export function partFindings(
  files: readonly Outline[],
  contracts: Pick<ReadonlyMap<string, Contract>, 'get'>,
): readonly (readonly Finding[])[] {
  const services = new Map(files.flatMap(knownIn));
  return files.map(file =>
    Object.keys(file.services ?? {}).flatMap(key => {
      const own = `${file.id}/${key}`;
      const base = below('/services', key, 'ask');
      if (exchanges(own, services) > mostExchanges) return [{ ...wrong(many), pointer: below(base, 'steps') }];
      return (services.get(own)?.parts ?? []).flatMap(part => {
        const found = wrongPart(part, own, services);
        if (found !== undefined) return [{ ...found, pointer: base + part.pointer }];
        const contract = contracts.get(part.service);
        return contract === undefined ? [] : unknownFields(part.fields, contract, base, namedIn.request);
      });
    }),
  );
}

function knownIn(file: Outline): [string, Known][] {
  return Object.entries(file.services ?? {}).map(([key, config]) => {
    const { adapter = '', ask = {} } = config;
    const module = adapterKinds.get(file.adapters?.[adapter]?.kind ?? '');
    const isRead =
      module?.parts !== undefined && shapeFindings(ask, module.serviceSchema, strings.written).length === 0;
    return [`${file.id}/${key}`, { config, parts: isRead ? module?.parts?.(ask) : undefined }];
  });
}

type Wrong = Omit<Finding, 'pointer'>;

function wrongPart({ service }: NamedPart, own: string, services: ReadonlyMap<string, Known>): Wrong | undefined {
  const part = services.get(service);
  if (part === undefined) {
    const known = [...services.keys()].filter(id => id !== own);
    return {
      rule: rule.unknownService,
      message: { zh: `没有数据服务 ${service}`, en: `there is no service ${service}` },
      fix: didYouMean(nearest(service, known), known),
    };
  }
  if (part.config.sharing === sharing.withheld) return wrong(withheld);
  if (!part.config.safe) return wrong(effects);
  if (service === own || leadsTo(service, own, services)) return wrong(circle);
  return levels(service, services) >= mostLevels ? wrong(deep) : undefined;
}

const wrong = (told: Omit<Wrong, 'rule'>): Wrong => ({ rule: rule.compositePart, ...told });
const another: Text = { zh: '换用其他服务，或去掉该环节', en: 'use another service, or take the step away' };

const withheld = {
  message: { zh: '该服务不予共享，谁也不能请求', en: 'the service is withheld, and nobody can ask it' },
  fix: another,
};
const effects = {
  message: {
    zh: '该服务会办理业务；一处已办的不会因另一处失败而撤回',
    en: 'the service has effects, and what is done in one place is not undone when another fails',
  },
  fix: { zh: '只由 safe: true 的服务组成', en: 'make it of services that are safe: true only' },
};
const circle = {
  message: { zh: '该服务最终由自身组成', en: 'the service is made of itself in the end' },
  fix: another,
};
const deep = {
  message: {
    zh: `组合服务嵌套超过 ${mostLevels} 层`,
    en: `there are more than ${mostLevels} composite services within each other`,
  },
  fix: { zh: '直接写出其中的各项服务', en: 'name the services within it instead' },
};

const many = {
  message: {
    zh: `一次请求会变成超过 ${mostExchanges} 次交换`,
    en: `one call becomes more than ${mostExchanges} exchanges`,
  },
  fix: { zh: '减少环节，或拆分为几项服务', en: 'take steps away, or make several services of it' },
};

/** How many exchanges a call of the service becomes besides its own; no further within than is allowed. */
function exchanges(id: string, services: ReadonlyMap<string, Known>, left: number = mostLevels): number {
  const parts = left === 0 ? [] : (services.get(id)?.parts ?? []);
  return parts.reduce((sum, { service }) => sum + 1 + exchanges(service, services, left - 1), 0);
}

function leadsTo(from: string, to: string, services: ReadonlyMap<string, Known>): boolean {
  const reached = new Set([from]);
  for (const id of reached) {
    for (const { service } of services.get(id)?.parts ?? []) {
      if (service === to) return true;
      reached.add(service);
    }
  }
  return false;
}

/** How many composites there are within each other, itself included; counted no further than is allowed. */
function levels(id: string, services: ReadonlyMap<string, Known>, left: number = mostLevels): number {
  const parts = services.get(id)?.parts;
  if (parts === undefined || left === 0) return 0;
  return 1 + Math.max(0, ...parts.map(({ service }) => levels(service, services, left - 1)));
}
