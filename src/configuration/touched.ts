/** Which agreements a changed config touches: of ten thousands most often a few. */
import type { Agreement } from '../agreements/agreement.js';
import type { Sought } from '../agreements/held-agreements.js';
import { departmentOf } from '../registry/named-services.js';
import type { Registry, Service } from '../registry/registry.js';
import { standsOnTheSame } from './consequence.js';

/** The agreements that a changed config may come to anything for: all others stand on what is the very same in both. */
export function touchedBy(running: Registry, next: Registry): Sought {
  const registries = [running, next];
  const composed = new Set(registries.flatMap(({ services }) => [...services.values()].flatMap(withParts)));
  const test = (agreement: Agreement) => composed.has(agreement.service) || !standsOnTheSame(agreement, running, next);
  if (running.purposes !== next.purposes) return { test };
  const services = [...movedIds(running.services, next.services), ...composed];
  const departments = [...movedIds(running.departments, next.departments), ...services.map(departmentOf)];
  return { departments: new Set(departments), test };
}

const movedIds = (before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(id => before.get(id) !== after.get(id));

const withParts = ({ id, parts }: Service): string[] =>
  parts === undefined ? [] : [id, ...parts.map(({ service }) => service)];
